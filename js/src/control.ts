/**
 * Commands on the kernel's control channel, which is answered while a cell runs.
 *
 * Nothing here is a public promise of JupyterLab or ipykernel, so each step is tried and none is relied on: without the
 * route, commands go over the widget's comm. It may go when a busy kernel answers comms (ipykernel#646).
 */
import type { AnyModel } from "@anywidget/types";
import { type Command, type Reply, readReply } from "./protocol.ts";

const TARGET = "ipytalk";

/** After this long without a reply, the comm is tried too. */
export const PATIENCE = 250;

/** A request without a reply is forgotten after this long, in ms. */
const GIVEN_UP = 30_000;

/** A Lumino signal. */
export interface Signal<T> {
  connect(slot: (sender: unknown, args: T) => void): unknown;
  disconnect(slot: (sender: unknown, args: T) => void): unknown;
}

/** Hear `source`, if the host has it, until `signal` aborts. */
export function listen<T>(
  source: Signal<T> | undefined,
  slot: (sender: unknown, args: T) => void,
  signal: AbortSignal,
): void {
  source?.connect(slot);
  signal.addEventListener("abort", () => source?.disconnect(slot));
}

interface Future {
  onReply: (message: { content: { ipytalk?: unknown } }) => void;
  readonly done: Promise<unknown>;
  dispose(): void;
}

/** What is used of a JupyterLab kernel connection. Any of it may be missing elsewhere. */
export interface Kernel {
  readonly clientId?: string;
  readonly username?: string;
  readonly statusChanged?: Signal<string>;
  readonly connectionStatusChanged?: Signal<string>;
  readonly disposed?: Signal<void>;
}

/** One with a control channel. */
interface Controlled extends Kernel {
  sendControlMessage(message: object, expectReply: boolean): Future;
}

export function hasControl(kernel: Kernel | null): kernel is Controlled {
  return Boolean((kernel as Partial<Controlled> | null)?.sendControlMessage);
}

/** The parts of a widget model that anywidget's proxy doesn't show. */
export interface RawModel {
  readonly model_id?: string;
  readonly comm_live?: boolean;
}

/** The kernel behind `model`, or null where the host shows none (marimo, Colab, VS Code). */
export function kernelOf(model: AnyModel): Kernel | null {
  return (model.widget_manager as { kernel?: Kernel | null } | undefined)?.kernel ?? null;
}

/**
 * The model behind anywidget's proxy, or null.
 *
 * A change event carries the model that changed, and that is the one public place where it shows. So the snapshot is
 * changed and put back; neither is sent to the kernel. It may go when anywidget's proxy has a `model_id`.
 */
export function unwrap(model: AnyModel): RawModel | null {
  if (typeof (model as RawModel).model_id === "string") return model as RawModel;
  let found: RawModel | null = null;
  const look = (changed: unknown): void => {
    if (typeof (changed as RawModel | undefined)?.model_id === "string") found = changed as RawModel;
  };
  const snapshot: unknown = model.get("snapshot");
  model.on("change:snapshot", look);
  try {
    model.set("snapshot", { seq: -1, messages: [], notice: null, probe: true });
  } finally {
    model.set("snapshot", snapshot);
    model.off("change:snapshot", look);
  }
  return found;
}

/**
 * Send `command` to the widget `id` on the control channel.
 *
 * Resolves to the kernel's reply, however late; to `"absent"` if the kernel answered and has no ipytalk in it, and to
 * `"gone"` if it doesn't know this widget. Rejects if it can't be sent.
 */
export function askOnControl(
  kernel: Controlled,
  id: string,
  command: Command,
): Promise<Reply | "absent" | "gone"> {
  return new Promise((resolve, reject) => {
    const future = kernel.sendControlMessage(request(kernel, { widget: id, ...command }), true);
    const end = (): void => {
      clearTimeout(timer);
      future.dispose();
    };
    const timer = setTimeout(end, GIVEN_UP);
    // Not `done`: it waits for an idle status, which this request never causes.
    future.onReply = (message) => {
      const { ipytalk } = message.content;
      resolve(readReply(ipytalk) ?? (ipytalk === undefined ? "absent" : "gone"));
      end();
    };
    future.done.catch(reject);
  });
}

function request(kernel: Kernel, data: object): object {
  return {
    channel: "control",
    header: {
      msg_id: newId(),
      msg_type: "comm_info_request",
      session: kernel.clientId ?? "",
      username: kernel.username ?? "",
      date: new Date().toISOString(),
      version: "5.3",
    },
    parent_header: {},
    metadata: {},
    content: { target_name: TARGET, data },
    buffers: [],
  };
}

/** A random id. `randomUUID` needs HTTPS, which JupyterHub may lack. */
export function newId(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}
