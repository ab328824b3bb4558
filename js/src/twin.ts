/**
 * The transcript that the notebook keeps beside a chat, written by the page.
 *
 * The kernel can only refresh it by its display id, which JupyterLab forgets when the page is reloaded
 * (ipython#12215). And JupyterLab draws what is refreshed, though it is hidden: seconds of work for a long conversation.
 * So a page that can write it does so, seldom while it is long, and whenever the notebook is saved.
 */
import type { AnyModel } from "@anywidget/types";
import { listen, type Signal } from "./control.ts";
import type { Bundle } from "./protocol.ts";

const VIEW = "application/vnd.jupyter.widget-view+json";
const MARK = '<span class="ipytalk-twin"></span>';
/** Characters that are drawn in no time. */
const SMALL = 10_000;
/** Longer transcripts are written this many characters a millisecond: JupyterLab draws about 300. */
const PACE = 10;

interface Output {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly metadata?: { readonly ipytalk?: unknown };
}

/** What is used of a JupyterLab cell's outputs. */
interface Outputs {
  readonly length: number;
  get(index: number): { toJSON(): Output };
  set(index: number, output: Output): void;
}

/** What is used of a JupyterLab document. */
interface Context {
  readonly model: { readonly cells: Iterable<{ outputs?: Outputs }>; dirty: boolean };
  readonly saveState?: Signal<string>;
}

interface Place {
  readonly cell: number;
  readonly outputs: Outputs;
  readonly index: number;
  readonly output: Output;
  /** Whether it is the transcript, and not the widget. */
  readonly twin: boolean;
}

/** Gives what keeps each newer transcript of the widget `id`, until `signal` aborts. */
export function keepTwin(model: AnyModel, id: string, signal: AbortSignal): (transcript: Bundle) => void {
  let held: (() => unknown) | undefined;
  let due = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const context = contextOf(model);

  function write(): void {
    clearTimeout(timer);
    held?.();
    timer = held = undefined;
  }
  // JupyterLab reads the notebook right after this signal, not before the slots return.
  listen(context?.saveState, (_, state) => state === "started" && write(), signal);
  signal.addEventListener("abort", () => clearTimeout(timer)); // a chat that is closed was kept by its kernel

  return (transcript) => {
    const text = markdownIn(transcript);
    const now = performance.now();
    const before = written(model, id);
    // A refresh of the kernel's own in the meantime is newer.
    held = () => before === written(model, id) && writeTwin(model, id, transcript);
    if (now >= due || !text.includes(MARK)) {
      write();
      due = now + (text.length > SMALL ? text.length / PACE : 0);
    } else if (context) {
      context.model.dirty = true;
      timer ??= setTimeout(write, due - now);
    }
  };
}

/** Put `transcript` where the notebook keeps it: beside the widget, or in its place if it has no mark. */
export function writeTwin(model: AnyModel, id: string, transcript: Bundle): void {
  const text = markdownIn(transcript);
  const places = outputsOf(model, id);
  const beside = places.some(({ twin }) => twin);
  for (const { outputs, index, output, twin } of places) {
    // Not in vain: it marks the notebook as changed.
    if (twin ? markdownIn(output.data) !== text : !text.includes(MARK))
      outputs.set(index, { ...output, data: { ...(twin || !beside ? transcript : {}) } });
  }
}

/** Where the notebook shows the widget `id` or its transcript; nowhere if the host isn't JupyterLab. */
export function outputsOf(model: AnyModel, id: string): Place[] {
  const found: Place[] = [];
  let cell = -1;
  try {
    for (const { outputs } of contextOf(model)?.model.cells ?? []) {
      cell++;
      for (let index = 0; outputs && index < outputs.length; index++) {
        const output = outputs.get(index).toJSON();
        const view = output.data?.[VIEW] as { model_id?: string } | undefined;
        const twin = output.metadata?.ipytalk === id;
        if (twin || view?.model_id === id) found.push({ cell, outputs, index, output, twin });
      }
    }
  } catch {
    return [];
  }
  return found;
}

function contextOf(model: AnyModel): Context | undefined {
  return (model.widget_manager as { context?: Context } | undefined)?.context;
}

/** The transcript that the notebook holds now. */
function written(model: AnyModel, id: string): string {
  return markdownIn(outputsOf(model, id).find(({ twin }) => twin)?.output.data);
}

function markdownIn(data: Output["data"]): string {
  return [data?.["text/markdown"] ?? ""].flat().join("");
}
