import type { AnyModel } from "@anywidget/types";
import type { Command, Message, Snapshot } from "../src/protocol.ts";
import widget from "../src/widget.ts";

type Listener = (...args: unknown[]) => void;

/** A widget model as anywidget shows it: traits, events, a comm that keeps what was sent. */
export function mockModel(traits: Record<string, unknown> = {}, manager: object = {}) {
  const values: Record<string, unknown> = {
    snapshot: snapshot(),
    composer: true,
    height: "",
    title: "",
    placeholder: "",
    suggestions: [],
    ...traits,
  };
  const listeners = new Map<string, Set<Listener>>();
  const sent: Command[] = [];
  const fire = (event: string, ...args: unknown[]): void => {
    for (const listener of [...(listeners.get(event) ?? [])]) listener(...args);
  };
  const model = {
    model_id: "widget-1",
    widget_manager: manager,
    get: (name: string) => values[name],
    set(name: string, value: unknown) {
      const changed = JSON.stringify(values[name]) !== JSON.stringify(value);
      values[name] = value;
      if (changed) fire(`change:${name}`, model, value);
    },
    on(event: string, listener: Listener) {
      if (!listeners.has(event)) listeners.set(event, new Set());
      listeners.get(event)?.add(listener);
    },
    off: (event: string, listener: Listener) => listeners.get(event)?.delete(listener),
    save_changes() {},
    send: (command: Command) => void sent.push(command),
  };
  return {
    model: model as unknown as AnyModel,
    /** Commands that went over the comm, without hellos, acks and requests for code. */
    commands: () => sent.filter(({ type }) => !["hello", "ack", "asset"].includes(type)),
    sent,
    fire,
    /** A message from the kernel arrives. */
    receive: (message: object) => fire("msg:custom", message, []),
    listening: () => [...listeners.values()].reduce((sum, set) => sum + set.size, 0),
  };
}

/** Bring up a chat, as JupyterLab would, on the page. */
export function open(traits: Record<string, unknown> = {}, manager: object = {}) {
  const mock = mockModel(traits, manager);
  const hooks = widget();
  const signal = new AbortController().signal;
  const close = hooks.initialize({ model: mock.model, signal } as never);
  const views = new Set<() => void>();
  const show = () => {
    const el = document.createElement("div");
    document.body.append(el);
    const unmount = hooks.render({ model: mock.model, el, signal } as never);
    const hide = (): void => {
      if (!views.delete(hide)) return;
      unmount();
      el.remove();
    };
    views.add(hide);
    return { el, hide };
  };
  const view = show();
  return {
    ...mock,
    el: view.el,
    view,
    show,
    close: () => {
      for (const hide of views) hide();
      close();
    },
  };
}

export function snapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return { seq: 0, messages: [], notice: null, ...changes };
}

export function answer(changes: Partial<Message> = {}): Message {
  return {
    id: "a1",
    role: "assistant",
    parts: [],
    status: "pending",
    model: null,
    stop_reason: null,
    usage: null,
    timing: null,
    error: null,
    retry: null,
    queue: null,
    ...changes,
  };
}

export function said(text: string, changes: Partial<Message> = {}): Message {
  return answer({ id: "u1", role: "user", status: "sent", parts: [{ type: "text", text }], ...changes });
}

/** The next frame has been drawn. */
export function drawn(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
}
