/** What becomes of the kernel behind a chat, as far as the host shows it. */
import type { AnyModel } from "@anywidget/types";
import { type Kernel as Connection, kernelOf, type RawModel } from "./control.ts";
import type { Kernel } from "./store.ts";

/** Call `tell` with each turn of the kernel's life, until `signal` aborts. */
export function watchKernel(
  model: AnyModel,
  raw: RawModel | null,
  tell: (kernel: Kernel) => void,
  signal: AbortSignal,
): void {
  const kernel = kernelOf(model);

  if (raw?.comm_live === false) tell("saved");
  // A restart ends the comm; a lost connection doesn't.
  const onComm = (): void => {
    if (raw?.comm_live === false) tell("restarted");
  };
  model.on("comm_live_update", onComm);
  signal.addEventListener("abort", () => model.off("comm_live_update", onComm));

  if (!kernel) return;
  const onStatus = (_: unknown, status: string): void => {
    // Who restarts it without this page is seen by its start alone.
    if (status === "restarting" || status === "starting") tell("restarted");
    else if (status === "autorestarting" || status === "dead") tell("dead");
  };
  const onConnection = (_: unknown, status: string): void => {
    if (status === "connected") tell("live");
    else if (status === "connecting") tell("reconnecting");
  };
  const onDisposed = (): void => tell("shutdown");
  connect(kernel, "statusChanged", onStatus, signal);
  connect(kernel, "connectionStatusChanged", onConnection, signal);
  connect(kernel, "disposed", onDisposed, signal);
}

function connect<N extends "statusChanged" | "connectionStatusChanged" | "disposed">(
  kernel: Connection,
  name: N,
  slot: (sender: unknown, args: never) => void,
  signal: AbortSignal,
): void {
  const source = kernel[name] as
    | { connect(slot: unknown): void; disconnect(slot: unknown): void }
    | undefined;
  if (!source?.connect) return;
  source.connect(slot);
  signal.addEventListener("abort", () => source.disconnect(slot));
}
