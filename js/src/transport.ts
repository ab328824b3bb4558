import type { AnyModel } from "@anywidget/types";
import { askOnControl, hasControl, kernelOf, newId, PATIENCE } from "./control.ts";
import {
  type Call,
  type Command,
  isFrozen,
  type Reply,
  type Request,
  readAnswer,
  readFromKernel,
  readSnapshot,
} from "./protocol.ts";
import { hasEnded, isBusy, isRunning, type Store } from "./store.ts";
import { keepTwin, outputsOf } from "./twin.ts";

/**
 * In ms: an ack tells little and costs much. What the kernel sends next waits 40 ms: a page that says something between
 * two messages has Linux delay its TCP acknowledgements once, and Nagle's algorithm in the Jupyter server waits for one.
 * Acks every 2 s were most of the slowest hundredth of all tokens.
 */
const ACK_EVERY = 10_000;
/** After a gap, or when a running answer falls silent (its last words may be lost), ask for what was missed. */
const RESYNC_AFTER = 2_000;
/** Each further time waits twice as long, up to this. */
const RESYNC_SELDOM = 30_000;
/** While an answer streams, the model's own copy is brought up to date this often. */
const KEEP_EVERY = 5_000;
/** What the person didn't ask for; that it failed is no news. */
const UNSEEN: ReadonlySet<string> = new Set(["hello", "ack", "transcript"]);
const NOBODY: Reply = { status: "error", message: "No kernel is there to answer. Run the cell again." };

export interface Transport {
  /** Send what the person asked for. */
  ask(request: Request): void;
  /** Ask the kernel for something; gives its reply, which may be an error's sentence. */
  call(call: Call): Promise<Reply>;
  /** Tell the kernel, sparsely, that all changes so far are on screen. */
  ack(): void;
  /** The connection is back: ask for what the kernel has more than this page, and again for what had no reply. */
  reconnected(): void;
}

/**
 * Carry changes from `model` into `store`, and commands to the kernel, until `signal` aborts.
 *
 * `id` is the widget's; without it there is no control channel.
 */
export function createTransport(
  model: AnyModel,
  id: string | null,
  store: Store,
  signal: AbortSignal,
): Transport {
  const client = newId();
  const keepTranscript = id === null ? null : keepTwin(model, id, signal);
  /** Unknown until the kernel replied on the control channel. */
  let control: "unknown" | "works" | "absent" = id ? "unknown" : "absent";
  const calls = new Map<string, (reply: Reply) => void>();
  /** What the person asked for and no reply has come to: a connection may have died under it, unnoticed. */
  const unanswered = new Map<string, Command>();
  let acked = -1;
  let ackTimer: ReturnType<typeof setTimeout> | undefined;
  let resyncTimer: ReturnType<typeof setTimeout> | undefined;
  let keepTimer: ReturnType<typeof setTimeout> | undefined;

  /** Give the reply to who called. False if nobody did. */
  function answer(id: string, reply: Reply): boolean {
    unanswered.delete(id);
    calls.get(id)?.(reply);
    return calls.delete(id);
  }

  function take(command: Command, reply: Reply): void {
    if (answer(command.id, reply) || signal.aborted) return;
    if (reply.status === "error") {
      if (!UNSEEN.has(command.type))
        store.dispatch({ type: "refused", id: command.id, message: reply.message });
    } else if (reply.snapshot) {
      store.dispatch({ type: "snapshot", snapshot: reply.snapshot });
    } else if (reply.transcript) {
      keepTranscript?.(reply.transcript);
    } else {
      // Changes come on another way than replies. One that still isn't there by then is lost, and no gap may ever show.
      setTimeout(() => (reply.seq ?? -1) > store.state.seq && hello(), RESYNC_AFTER);
    }
  }

  /** Control channel first, the comm if that brings no reply. The kernel runs each id once. */
  async function deliver(command: Command): Promise<void> {
    const kernel = control === "absent" ? null : kernelOf(model);
    const route = id !== null && hasControl(kernel) ? { id, kernel } : null;
    if (route) {
      const asked = askOnControl(route.kernel, route.id, command).then((reply) => {
        const known = control === "works";
        control = reply === "absent" ? "absent" : "works";
        if (typeof reply === "string") {
          // It knew this chat before: it is another kernel now.
          if (known) store.dispatch({ type: "kernel", kernel: "restarted" });
          return false;
        }
        take(command, reply);
        return true;
      });
      const inTime = await Promise.race([asked.catch(() => false), after(PATIENCE)]);
      if (inTime || signal.aborted) return;
    }
    // The next ack says the same, and more; a transcript can only come as a reply.
    if (command.type === "transcript" || (command.type === "ack" && route && control !== "absent")) return;
    // There no reply comes, but to a call.
    if (control === "absent" && !calls.has(command.id)) unanswered.delete(command.id);
    try {
      model.send(command);
    } catch {
      // After a restart, ipywidgets throws "Cannot send".
      take(command, NOBODY);
    }
  }

  function command(request: Request | Call): Command {
    return { ...request, id: newId(), client };
  }

  /** Say what the person didn't ask for, as long as someone is there to hear it. */
  function say(request: Request): void {
    if (!signal.aborted && store.state.kernel === "live") void deliver(command(request));
  }

  /** Deliver what must not get lost. */
  function entrust(command: Command): void {
    unanswered.set(command.id, command);
    void deliver(command);
  }

  function hello(): void {
    say({ type: "hello", seq: store.state.seq });
  }

  function refreshTwin(): void {
    if (id && outputsOf(model, id).length) say({ type: "transcript" });
  }

  function ackNow(): void {
    ackTimer = undefined;
    const { seq } = store.state;
    if (seq > acked) say({ type: "ack", seq });
    acked = seq;
  }

  function ack(): void {
    const busy = isBusy(store.state);
    // Behind an answer's end there is no text to hold up, and the next one's shall not be.
    if (!busy) {
      clearTimeout(ackTimer);
      ackTimer = undefined;
    }
    if (store.state.seq > acked) ackTimer ??= setTimeout(ackNow, busy ? ACK_EVERY : 0);
  }

  /** Keep the model's copy current, unsent, so that a saved widget state is right. */
  function keep(): void {
    clearTimeout(keepTimer);
    keepTimer = undefined;
    const { seq, messages, notice, undo } = store.state;
    if (seq >= 0) model.set("snapshot", { seq, messages, notice, undo });
  }

  function resyncIn(delay: number): void {
    resyncTimer = setTimeout(() => {
      hello();
      resyncIn(Math.min(2 * delay, RESYNC_SELDOM));
    }, delay);
  }

  let seen = store.state;
  function watch(): void {
    const { state } = store;
    const gap = state.ahead.length > 0;
    if (gap && seen.ahead.length === 0) hello();
    if (!gap || seen.ahead.length === 0 || state.seq !== seen.seq) {
      clearTimeout(resyncTimer);
      if (gap || isBusy(state)) resyncIn(RESYNC_AFTER);
    }
    if (!isBusy(state) && (isBusy(seen) || state.messages !== seen.messages)) refreshTwin();
    if (state.messages !== seen.messages) {
      if (!state.messages.some(isRunning)) keep();
      else keepTimer ??= setTimeout(keep, KEEP_EVERY);
      // With no animation frames, nothing is drawn and so nothing would be acked.
      if (document.hidden) ack();
    }
    seen = state;
  }
  store.subscribe(watch, signal);

  const onMessage = (data: unknown): void => {
    const message = readFromKernel(data);
    if (message) store.dispatch(message);
    if (isFrozen(data)) refreshTwin();
    const answered = readAnswer(data);
    if (answered) answer(answered.id, answered.reply);
  };
  const onSnapshot = (): void => {
    const snapshot = readSnapshot(model.get("snapshot"));
    if (snapshot) store.dispatch({ type: "snapshot", snapshot });
  };
  onSnapshot();
  model.on("msg:custom", onMessage);
  model.on("change:snapshot", onSnapshot);
  signal.addEventListener("abort", () => {
    model.off("msg:custom", onMessage);
    model.off("change:snapshot", onSnapshot);
    clearTimeout(ackTimer);
    clearTimeout(keepTimer);
    clearTimeout(resyncTimer);
  });
  hello();
  refreshTwin();

  return {
    ask(request) {
      const sent = command(request);
      store.dispatch({ type: "asked", id: sent.id, request, at: performance.now() });
      if (hasEnded(store.state.kernel)) take(sent, NOBODY);
      else entrust(sent);
    },
    call(call) {
      const sent = command(call);
      const replied = new Promise<Reply>((resolve) => calls.set(sent.id, resolve));
      entrust(sent);
      return replied;
    },
    ack,
    reconnected() {
      hello();
      // The kernel runs each id once.
      for (const command of unanswered.values()) void deliver(command);
    },
  };
}

function after(milliseconds: number): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, false));
}
