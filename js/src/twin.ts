/**
 * The transcript that the notebook keeps beside a chat, on a page where JupyterLab can't refresh it.
 *
 * The kernel refreshes it by its display id, which JupyterLab forgets when the page is reloaded. So a page that was
 * opened on the saved output writes it itself. It may go when display ids outlive a reload (ipython#12215).
 */
import type { AnyModel } from "@anywidget/types";
import type { Bundle } from "./protocol.ts";

const VIEW = "application/vnd.jupyter.widget-view+json";
const MARK = '<span class="ipytalk-twin"></span>';

interface Output {
  readonly data?: Readonly<Record<string, unknown>>;
}

/** What is used of a JupyterLab cell's outputs. */
interface Outputs {
  readonly length: number;
  get(index: number): { toJSON(): Output };
  set(index: number, output: Output): void;
}

/** Whether this page's notebook already showed the widget `id` before its model came: it was loaded from a file. */
export function wasSaved(model: AnyModel, id: string): boolean {
  return outputsOf(model, id).length > 0;
}

/** Put `transcript` where the notebook keeps it: beside the widget, or in its place if it has no mark. */
export function writeTwin(model: AnyModel, id: string, transcript: Bundle): void {
  const text = transcript["text/markdown"] ?? "";
  for (const { outputs, index } of outputsOf(model, id)) {
    const write = (at: number, data: Bundle): void => {
      const output = outputs.get(at).toJSON();
      // Not in vain: it marks the notebook as changed.
      if (output.data?.[VIEW] || markdown(output) !== text) outputs.set(at, { ...output, data: { ...data } });
    };
    let twin = index + 1;
    while (twin < outputs.length && !markdown(outputs.get(twin).toJSON()).includes(MARK)) {
      twin = outputs.get(twin).toJSON().data?.[VIEW] ? outputs.length : twin + 1;
    }
    const beside = twin < outputs.length;
    if (beside) write(twin, transcript);
    if (!text.includes(MARK)) write(index, beside ? {} : transcript);
  }
}

/** Where the notebook shows the widget `id`; nowhere if the host isn't JupyterLab. */
export function outputsOf(model: AnyModel, id: string): { cell: number; outputs: Outputs; index: number }[] {
  const found: { cell: number; outputs: Outputs; index: number }[] = [];
  let cell = -1;
  try {
    const { context } = model.widget_manager as unknown as {
      context: { model: { cells: Iterable<{ outputs?: Outputs }> } };
    };
    for (const { outputs } of context.model.cells) {
      cell++;
      for (let index = 0; index < (outputs?.length ?? 0); index++) {
        const view = outputs?.get(index).toJSON().data?.[VIEW] as { model_id?: string } | undefined;
        if (outputs && view?.model_id === id) found.push({ cell, outputs, index });
      }
    }
  } catch {
    return [];
  }
  return found;
}

function markdown({ data }: Output): string {
  return [data?.["text/markdown"] ?? ""].flat().join("");
}
