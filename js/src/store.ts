import type { Change, Failure, FromKernel, Message, Part, Request, Snapshot, TextType } from "./protocol";

/** Whether there is a kernel behind this chat: `ended` for good (restart, crash, shutdown, or only a saved file). */
export type Kernel = "live" | "reconnecting" | "restarted" | "dead" | "shutdown" | "saved";

/** What this page asked for, and the kernel hasn't shown yet. */
export interface Waiting {
  readonly id: string;
  /** The person's message, or null where a retry or an edit is waited for. */
  readonly text: string | null;
}

/** How long it took this browser from Send to the first text on screen, in ms on its own clock. */
export interface Paint {
  readonly asked: number;
  readonly painted: number | null;
}

export interface State extends Snapshot {
  /** Changes that came before one that is missing. */
  readonly ahead: readonly Change[];
  readonly waiting: readonly Waiting[];
  /** Stop was pressed and the kernel hasn't confirmed it. */
  readonly stopping: boolean;
  readonly refused: { readonly message: string; readonly text: string | null } | null;
  readonly kernel: Kernel;
  readonly paints: Readonly<Record<string, Paint>>;
  /** When this page last asked for an answer, until the answer is there. */
  readonly asked: number | null;
}

/** `at` is milliseconds on a monotonic clock. */
export type Action =
  | FromKernel
  | { readonly type: "asked"; readonly id: string; readonly request: Request; readonly at: number }
  | { readonly type: "painted"; readonly message: string; readonly at: number }
  | { readonly type: "kernel"; readonly kernel: Kernel }
  | { readonly type: "read" };

export const EMPTY: State = {
  seq: -1,
  messages: [],
  notice: null,
  undo: false,
  ahead: [],
  waiting: [],
  stopping: false,
  refused: null,
  kernel: "live",
  paints: {},
  asked: null,
};

/** Changes kept while one is missing; a snapshot makes up for those beyond. */
const MOST_AHEAD = 500;

/** Fold `action` into `state`. Pure: it touches no DOM, comm or clock. */
export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case "insert":
    case "delta":
    case "part":
    case "update":
    case "remove":
    case "branch":
      return change(state, action);
    case "snapshot":
      return restore(state, action.snapshot);
    case "refused": {
      const refused = state.waiting.find(({ id }) => id === action.id);
      return {
        ...state,
        waiting: state.waiting.filter(({ id }) => id !== action.id),
        stopping: false,
        refused: { message: action.message, text: refused?.text ?? null },
      };
    }
    case "asked":
      return ask(state, action.id, action.request, action.at);
    case "painted": {
      const paint = state.paints[action.message];
      if (!paint || paint.painted !== null) return state;
      return {
        ...state,
        paints: { ...state.paints, [action.message]: { ...paint, painted: action.at - paint.asked } },
      };
    }
    case "kernel":
      return turn(state, action.kernel);
    case "read":
      return { ...state, refused: null };
    default: {
      const _exhaustive: never = action;
      return _exhaustive;
    }
  }
}

/** Whether an answer is under way, or asked for. */
export function isBusy(state: State): boolean {
  return state.waiting.length > 0 || state.messages.some(isRunning);
}

export function isRunning(message: Message): boolean {
  return message.status === "pending" || message.status === "streaming";
}

export function hasEnded(kernel: Kernel): boolean {
  return kernel !== "live" && kernel !== "reconnecting";
}

/** What a message says, without its reasoning. */
export function textOf(message: Message): string {
  return message.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
}

function change(state: State, change: Change): State {
  if (change.seq <= state.seq) return state;
  if (change.seq > state.seq + 1) {
    if (state.ahead.length >= MOST_AHEAD) return state;
    return { ...state, ahead: [...state.ahead, change] };
  }
  return settle(catchUp({ ...state, ...apply(state, change), seq: change.seq }));
}

function restore(state: State, snapshot: Snapshot): State {
  if (snapshot.seq <= state.seq) return state;
  const { seq, messages, notice, undo = false } = snapshot;
  const had = new Map(state.messages.map((message) => [message.id, message]));
  // A message that didn't change keeps its identity, so that views don't draw it again.
  const kept = messages.map((message) => {
    const old = had.get(message.id);
    return old && JSON.stringify(old) === JSON.stringify(message) ? old : message;
  });
  const next = catchUp({ ...state, seq, messages: kept, notice, undo });
  const fresh = next.messages.find((message) => message.role === "assistant" && !had.has(message.id));
  return settle(fresh ? timed(next, fresh) : next);
}

/** Apply what came early and now follows. */
function catchUp(state: State): State {
  let next = state;
  const ahead = [...state.ahead].sort((a, b) => a.seq - b.seq);
  while (ahead[0] && ahead[0].seq <= next.seq + 1) {
    const first = ahead.shift() as Change;
    if (first.seq === next.seq + 1) next = { ...next, ...apply(next, first), seq: first.seq };
  }
  return ahead.length === next.ahead.length ? next : { ...next, ahead };
}

function apply(state: State, change: Change): Partial<State> {
  const { messages } = state;
  switch (change.type) {
    case "insert": {
      const others = messages.filter((message) => message.id !== change.message.id);
      const next = { messages: [...others, change.message], undo: false };
      return change.message.role === "assistant" ? timed({ ...state, ...next }, change.message) : next;
    }
    case "delta":
      return {
        messages: replace(messages, change.message, (message) => ({
          ...message,
          parts: append(message.parts, change.part ?? "text", change.text),
          status: "streaming",
          retry: null,
          queue: null,
        })),
      };
    case "part":
      return {
        messages: replace(messages, change.message, (message) => ({
          ...message,
          parts: [
            ...message.parts.slice(0, change.index),
            change.part,
            ...message.parts.slice(change.index + 1),
          ],
          status: "streaming",
          retry: null,
          queue: null,
        })),
      };
    case "update":
      return { messages: replace(messages, change.message, (m) => ({ ...m, ...change.changes })) };
    case "remove": {
      const left = without(messages, change.messages);
      return { messages: left, undo: left.length === 0 };
    }
    case "branch":
      return { messages: [...without(messages, change.gone), ...change.come], undo: false };
    default: {
      const _exhaustive: never = change;
      return _exhaustive;
    }
  }
}

/** Note that `message` is the answer that this page asked for. */
function timed(state: State, message: Message): State {
  const { asked, paints, ...rest } = state;
  if (asked === null) return state;
  return { ...rest, asked: null, paints: { ...paints, [message.id]: { asked, painted: null } } };
}

/** Drop what the kernel has shown by now. */
function settle(state: State): State {
  const { messages, waiting } = state;
  const answered = messages.at(-1)?.role === "assistant";
  const left = waiting.filter(({ id, text }) =>
    text === null ? state.asked !== null : !answered || !messages.some((message) => message.id === id),
  );
  const stopping = state.stopping && (left.length > 0 || messages.some(isRunning));
  if (left.length === waiting.length && stopping === state.stopping) return state;
  return { ...state, waiting: left, stopping };
}

function ask(state: State, id: string, request: Request, at: number): State {
  switch (request.type) {
    case "send":
      return { ...state, waiting: [...state.waiting, { id, text: request.text }], asked: at, refused: null };
    case "edit":
      return { ...state, waiting: [...state.waiting, { id, text: null }], asked: at, refused: null };
    case "retry": {
      const message = state.messages.find((other) => other.id === request.message);
      // It only cuts short the wait for an automatic try.
      if (message && isRunning(message)) return state;
      return { ...state, waiting: [...state.waiting, { id, text: null }], asked: at, refused: null };
    }
    case "stop":
      return isBusy(state) ? { ...state, stopping: true } : state;
    case "switch":
    case "clear":
    case "undo":
    case "decide":
    case "hello":
    case "ack":
    case "transcript":
      return state;
    default: {
      const _exhaustive: never = request;
      return _exhaustive;
    }
  }
}

const CUT_OFF: Failure = {
  kind: "kernel",
  message: "The answer was cut off when its kernel ended.",
  retryable: false,
  retry_after: null,
};

/** A crash first looks like a restart, and a shutdown like a crash: what is further on here corrects what came before. */
const ENDS: readonly Kernel[] = ["restarted", "dead", "shutdown"];

function turn(state: State, kernel: Kernel): State {
  if (hasEnded(state.kernel)) {
    const better = state.kernel !== "saved" && ENDS.indexOf(kernel) > ENDS.indexOf(state.kernel);
    return better ? { ...state, kernel } : state;
  }
  if (!hasEnded(kernel)) return kernel === state.kernel ? state : { ...state, kernel };
  // Nothing more will come: what runs ends here, with the text that it has.
  const messages = state.messages.map(
    (m): Message =>
      isRunning(m)
        ? { ...m, parts: m.parts.map(stopped), status: "error", error: CUT_OFF, retry: null, queue: null }
        : m,
  );
  return { ...state, kernel, messages, waiting: [], stopping: false, asked: null };
}

/** A tool that asks or runs does so no more. */
function stopped(part: Part): Part {
  const unfinished = part.type === "tool" && ["asking", "running"].includes(part.status);
  return unfinished ? { ...part, status: "stopped" } : part;
}

function append(parts: readonly Part[], type: TextType, text: string): readonly Part[] {
  const last = parts.at(-1);
  return last?.type === type && "text" in last
    ? [...parts.slice(0, -1), { type, text: last.text + text }]
    : [...parts, { type, text }];
}

function without(messages: readonly Message[], gone: readonly string[]): readonly Message[] {
  return messages.filter((message) => !gone.includes(message.id));
}

function replace(
  messages: readonly Message[],
  id: string,
  to: (message: Message) => Message,
): readonly Message[] {
  return messages.map((message) => (message.id === id ? to(message) : message));
}

export interface Store {
  readonly state: State;
  dispatch(action: Action): void;
  /** Call `listener` after each change of the state, until `signal` aborts. */
  subscribe(listener: () => void, signal: AbortSignal): void;
}

/** Hold a state, tell who listens. */
export function createStore(initial: State = EMPTY): Store {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    get state() {
      return state;
    },
    dispatch(action) {
      const next = reduce(state, action);
      if (next === state) return;
      state = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener, signal) {
      listeners.add(listener);
      signal.addEventListener("abort", () => listeners.delete(listener), { once: true });
    },
  };
}
