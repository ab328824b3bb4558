// First, so that all of the view stands together in the bundle: gzip looks for what was said before in 32 kB alone.
import "./view/body.tsx";
import type { AnyModel, InitializeProps, RenderProps } from "@anywidget/types";
import { unwrap } from "./control.ts";
import { createLoader, type Loader } from "./enhancements/loader.ts";
import { watchKernel } from "./lifeline.ts";
import { createStore, type Store } from "./store.ts";
import { createTransport, type Transport } from "./transport.ts";
import { type Memories, recall } from "./view/memory.ts";
import { mount } from "./view/mount.tsx";

interface Chat {
  readonly store: Store;
  readonly transport: Transport;
  readonly memories: Memories;
  readonly loader: Loader;
  readonly id: string | null;
}

/** One store and transport for each model, shared by its views. */
export default () => {
  const chats = new WeakMap<AnyModel, Chat>();
  // JupyterLab calls this function once for each model, and gives each hook a proxy of its own.
  let latest: Chat | undefined;

  function initialize({ model }: InitializeProps): () => void {
    const life = new AbortController();
    const store = createStore();
    const raw = unwrap(model);
    const id = raw?.model_id ?? null;
    const transport = createTransport(model, id, store, life.signal);
    watchKernel(
      model,
      raw,
      (kernel) => {
        const back = kernel === "live" && store.state.kernel === "reconnecting";
        store.dispatch({ type: "kernel", kernel });
        if (back) transport.reconnected();
      },
      life.signal,
    );
    latest = {
      store,
      transport,
      memories: recall(id, life.signal),
      loader: createLoader(transport.call),
      id,
    };
    chats.set(model, latest);
    return () => life.abort();
  }

  function render({ model, el }: RenderProps): () => void {
    const chat = chats.get(model) ?? latest;
    if (!chat) throw new Error("ipytalk's view was made before its model; run the cell again");
    return mount(el, model, chat);
  }

  return { initialize, render };
};
