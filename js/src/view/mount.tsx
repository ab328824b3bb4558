import type { AnyModel } from "@anywidget/types";
import { options, render } from "preact";
import type { Loader } from "../enhancements/loader.ts";
import type { Store } from "../store.ts";
import type { Transport } from "../transport.ts";
import type { Actions, Look } from "./actions.ts";
import { Chat } from "./chat.tsx";
import { focusChat } from "./focus.ts";
import type { Memories } from "./memory.ts";

/**
 * In ms. While text grows, what surrounds it waits so long: none of it has changed in a way that anyone waits for, and
 * to look through it delays the text.
 */
const SURROUNDINGS_AFTER = 50;
// Preact's own way asks for a frame, even if nothing changed, and what arrives behind one waits for the next.
options.requestAnimationFrame = setTimeout;

const TRAITS = ["composer", "height", "title", "placeholder", "suggestions"] as const;

/**
 * Draw a chat into `el` until the returned function is called: at once, and what comes in the same frame with that frame.
 * Text that grows is written before anything else is looked at.
 *
 * Not all of it in the frame's callback: a callback that is asked for mostly waits for the screen's next beat, 8 ms on
 * average, while Chromium paints what changed after a pause as soon as it can.
 */
export function mount(
  el: HTMLElement,
  model: AnyModel,
  chat: { store: Store; transport: Transport; memories: Memories; loader: Loader; id: string | null },
): () => void {
  const { store, transport, memories, loader } = chat;
  const memory = memories.take();
  const life = new AbortController();
  const root = document.createElement("div");
  root.className = "ipytalk-chat";
  el.append(root);

  const actions: Actions = {
    loader,
    send(text) {
      memory.sent = memory.attached;
      memory.attached = [];
      transport.ask({ type: "send", text, attached: memory.sent.map(({ id }) => id) });
    },
    stop: () => transport.ask({ type: "stop" }),
    retry: (message) => transport.ask({ type: "retry", message }),
    edit: (message, text) => transport.ask({ type: "edit", message, text }),
    decide: (tool, allow) => transport.ask({ type: "decide", tool, allow }),
    switch: (message, version) => transport.ask({ type: "switch", message, version }),
    clear: () => transport.ask({ type: "clear" }),
    undo: () => transport.ask({ type: "undo" }),
    dismiss: () => store.dispatch({ type: "read" }),
    pen: {},
  };

  let frame = 0;
  let stale = false;
  let drawing = false;
  let later: ReturnType<typeof setTimeout> | undefined;
  let drawMore: (() => void) | undefined;
  const draw = (): void => {
    stale = false;
    clearTimeout(later);
    later = undefined;
    drawing = true;
    const { activeElement: focused } = document;
    const own = root.contains(focused);
    render(<Chat state={store.state} look={lookOf(model)} actions={actions} memory={memory} />, root);
    drawMore?.();
    const now = document.activeElement;
    // What is disabled loses it with the next frame.
    if (own && (!root.contains(now) || now?.matches(":disabled"))) focusChat(root);
    drawing = false;
    transport.ack();
  };
  /** Write what an answer says more, if it does and if its text stands there already. */
  const write = (): boolean => {
    const last = store.state.messages.at(-1);
    const part = last?.parts.at(-1);
    if (
      last &&
      part?.type === "text" &&
      actions.pen.write?.(`${last.id}/${last.parts.length - 1}`, part.text)
    ) {
      stale = false;
      later ??= setTimeout(draw, SURROUNDINGS_AFTER);
    }
    return !stale;
  };
  /** Called in a frame. The first task after it: what was drawn has been painted, and nothing was done before that. */
  const notePaint = (): void => {
    const { messages, paints } = store.state;
    const last = messages.at(-1);
    if (last?.parts.length && paints[last.id]?.painted === null)
      setTimeout(() => store.dispatch({ type: "painted", message: last.id, at: performance.now() }));
  };
  const drawSoon = (): void => {
    if (life.signal.aborted) return;
    stale = true;
    if (frame) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      if (stale) draw();
      notePaint();
    });
    if (!drawing && !document.hidden && !write()) draw();
  };
  store.subscribe(drawSoon, life.signal);
  for (const name of TRAITS) model.on(`change:${name}`, drawSoon);
  root.addEventListener("keydown", keepFromNotebook, { signal: life.signal });
  draw();
  // Safari has none.
  if (lookOf(model).composer) {
    loader.want("actions", (module) => {
      if (life.signal.aborted) return;
      drawMore = module.actions?.({ ...chat, memory, root, model, draw: drawSoon, signal: life.signal });
      drawMore?.();
    });
  }

  return () => {
    life.abort();
    cancelAnimationFrame(frame);
    clearTimeout(later);
    for (const name of TRAITS) model.off(`change:${name}`, drawSoon);
    render(null, root);
    root.remove();
    memories.leave(memory);
  };
}

function lookOf(model: AnyModel): Look {
  return {
    composer: model.get("composer") !== false,
    height: model.get("height") || "",
    title: model.get("title") || "",
    placeholder: model.get("placeholder") || "",
    suggestions: model.get("suggestions") ?? [],
  };
}

/**
 * Keep keys from the notebook, whose `dd` deletes the cell. Only saving goes through.
 *
 * JupyterLab (since 4.1) listens at the document, in the bubbling phase.
 */
function keepFromNotebook(event: KeyboardEvent): void {
  const save = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s";
  if (!save) event.stopPropagation();
}
