/** What becomes of the kernel behind a chat, as far as the host shows it. */
import type { AnyModel } from "@anywidget/types";
import { kernelOf, listen, type RawModel } from "./control.ts";
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
  listen(kernel.statusChanged, onStatus, signal);
  listen(kernel.connectionStatusChanged, onConnection, signal);
  listen(kernel.disposed, onDisposed, signal);
}
