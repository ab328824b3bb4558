/** What crosses the wire. It mirrors src/ipytalk/_protocol.py; the fixtures in tests/protocol judge both. */

export type Role = "user" | "assistant";
export type Status = "sent" | "pending" | "streaming" | "complete" | "error";
/** What can grow. */
export type TextType = "text" | "thinking";

export interface TextPart {
  readonly type: TextType;
  readonly text: string;
}

/** A call of a tool, and what came of it. */
export interface ToolPart {
  readonly type: "tool";
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly status: "called" | "asking" | "running" | "done" | "failed" | "denied" | "stopped";
  readonly output: string | null;
}

/** A picture or document in base64, or data as text. */
export interface AttachmentPart {
  readonly type: "attachment";
  readonly name: string;
  readonly media_type: string;
  /** null if it is large: the kernel is asked for it by `ref`. */
  readonly data: string | null;
  readonly ref?: string;
}

export type Part = TextPart | ToolPart | AttachmentPart;

/** Tokens, as the provider counted them; null where it didn't say. */
export interface Usage {
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cached_tokens: number | null;
  readonly cache_write_tokens: number | null;
  /** What they cost, where there are prices; null where one is missing. `currency` has three letters. */
  readonly cost?: number | null;
  readonly currency?: string;
}

/** Seconds since the request, on the kernel's clock. */
export interface Timing {
  readonly ttft: number | null;
  readonly total: number | null;
}

export interface Failure {
  readonly kind: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly retry_after: number | null;
}

/** An automatic try that is waited for; `seconds` count from when this came. */
export interface Retry {
  readonly failure: Failure;
  readonly seconds: number;
  readonly attempt: number;
  readonly retries: number;
}

/** A place at a busy back end that is waited for: 1 is next. The wait is a guess, and counts from when this came. */
export interface Queue {
  readonly position: number;
  readonly estimated_wait_seconds: number | null;
}

export interface Message {
  readonly id: string;
  readonly role: Role;
  readonly parts: readonly Part[];
  readonly status: Status;
  readonly model: string | null;
  readonly stop_reason: string | null;
  /** A sentence on how it ended, left out if all is well; it stands in the place of an answer that has no text. */
  readonly note?: string;
  readonly usage: Usage | null;
  readonly timing: Timing | null;
  readonly error: Failure | null;
  readonly retry: Retry | null;
  /** Which of how many versions it is, from 1; left out if it is the only one. */
  readonly version?: number;
  readonly versions?: number;
  readonly queue: Queue | null;
}

export interface Snapshot {
  readonly seq: number;
  readonly messages: readonly Message[];
  readonly notice: string | null;
  /** What was cleared can be had back. */
  readonly undo?: boolean;
}

/** A change of the conversation. `seq` goes up by one each. */
export type Change = { readonly seq: number } & (
  | { readonly type: "insert"; readonly message: Message }
  | { readonly type: "delta"; readonly message: string; readonly text: string; readonly part?: TextType }
  | { readonly type: "part"; readonly message: string; readonly index: number; readonly part: Part }
  | {
      readonly type: "update";
      readonly message: string;
      readonly changes: Partial<Omit<Message, "id" | "role" | "parts">>;
    }
  | { readonly type: "remove"; readonly messages: readonly string[] }
  | { readonly type: "branch"; readonly gone: readonly string[]; readonly come: readonly Message[] }
);

export type FromKernel =
  | Change
  | { readonly type: "snapshot"; readonly snapshot: Snapshot }
  | { readonly type: "refused"; readonly id: string; readonly message: string };

/** What came of a call that went over the comm. */
export interface Answer {
  readonly id: string;
  readonly reply: Reply;
}

export type Request =
  | { readonly type: "hello"; readonly seq: number }
  | { readonly type: "ack"; readonly seq: number }
  | { readonly type: "send"; readonly text: string; readonly attached?: readonly string[] }
  | { readonly type: "stop" }
  | { readonly type: "retry"; readonly message: string }
  | { readonly type: "edit"; readonly message: string; readonly text: string }
  | { readonly type: "switch"; readonly message: string; readonly version: number }
  | { readonly type: "clear" }
  | { readonly type: "undo" }
  | { readonly type: "decide"; readonly tool: string; readonly allow: boolean }
  | { readonly type: "transcript" };

/** What is sent for the sake of its reply. */
export type Call =
  | { readonly type: "asset"; readonly name: string }
  | { readonly type: "attached"; readonly ref: string }
  | { readonly type: "export" }
  | { readonly type: "freeze" }
  | {
      readonly type: "upload";
      readonly upload: string;
      readonly name: string;
      readonly offset: number;
      readonly size: number;
      readonly data: string;
    };

/** A request or call with its id, which makes it run once, and the client that it comes from. */
export type Command = (Request | Call) & { readonly id: string; readonly client: string };

/** What an output of a cell shows, by its mimetype. */
export type Bundle = Readonly<Record<string, string>>;

/** The kernel's answer to a command on the control channel. */
export type Reply =
  | {
      readonly status: "ok";
      /** The number of the last change that was sent. */
      readonly seq?: number;
      readonly snapshot?: Snapshot;
      readonly transcript?: Bundle;
      readonly text?: string;
    }
  | { readonly status: "error"; readonly message: string };

type Fields = Readonly<Record<string, unknown>>;

/** The message from the kernel that `data` is, or null: a newer kernel's, or another library's. */
export function readFromKernel(data: unknown): FromKernel | null {
  if (!isObject(data)) return null;
  const known =
    data.type === "snapshot"
      ? readSnapshot(data.snapshot) !== null
      : data.type === "refused"
        ? isString(data.id) && isString(data.message)
        : isInteger(data.seq) && isChange(data);
  return known ? (data as unknown as FromKernel) : null;
}

/** Whether the chat became plain Markdown, which a page that was reloaded writes itself. */
export function isFrozen(data: unknown): boolean {
  return isObject(data) && data.type === "frozen";
}

/** The answer to a call that `data` is, or null. */
export function readAnswer(data: unknown): Answer | null {
  const reply = isObject(data) && data.type === "reply" ? readReply(data.reply) : null;
  return reply && { id: String((data as Fields).id), reply };
}

/** The snapshot that `data` is, or null. */
export function readSnapshot(data: unknown): Snapshot | null {
  if (!isObject(data) || !isInteger(data.seq) || !Array.isArray(data.messages)) return null;
  return data.messages.every(isMessage) ? (data as unknown as Snapshot) : null;
}

/** The reply that `data` is, or null: the kernel has no ipytalk in it. */
export function readReply(data: unknown): Reply | null {
  if (!isObject(data)) return null;
  if (data.status === "error") {
    return isString(data.message) ? { status: "error", message: data.message } : null;
  }
  const snapshot = readSnapshot(data.snapshot);
  const transcript = readBundle(data.transcript);
  if (data.status !== "ok") return null;
  return {
    status: "ok",
    ...(isInteger(data.seq) && { seq: data.seq }),
    ...(snapshot && { snapshot }),
    ...(transcript && { transcript }),
    ...(isString(data.text) && { text: data.text }),
  };
}

function readBundle(data: unknown): Bundle | null {
  return isObject(data) && Object.values(data).every(isString) ? (data as Bundle) : null;
}

const COMMAND_FIELDS: { [T in Command["type"]]: Record<string, (value: unknown) => boolean> } = {
  hello: { seq: isInteger },
  ack: { seq: isInteger },
  send: {
    text: isString,
    attached: (value) => value === undefined || (Array.isArray(value) && value.every(isString)),
  },
  stop: {},
  retry: { message: isString },
  edit: { message: isString, text: isString },
  switch: { message: isString, version: isInteger },
  clear: {},
  undo: {},
  decide: { tool: isString, allow: isBoolean },
  transcript: {},
  asset: { name: isString },
  attached: { ref: isString },
  export: {},
  freeze: {},
  upload: { upload: isString, name: isString, offset: isInteger, size: isInteger, data: isString },
};

/** The command that `data` is, or null. */
export function readCommand(data: unknown): Command | null {
  if (!isObject(data) || !isString(data.type) || !Object.hasOwn(COMMAND_FIELDS, data.type)) return null;
  const fields = { id: isString, client: isString, ...COMMAND_FIELDS[data.type as Command["type"]] };
  const right = Object.entries(fields).every(([name, check]) => check(data[name]));
  return right ? (data as unknown as Command) : null;
}

function isChange(data: Fields): boolean {
  switch (data.type) {
    case "insert":
      return isMessage(data.message);
    case "delta":
      return isString(data.message) && isString(data.text);
    case "part":
      return isString(data.message) && isInteger(data.index) && isPart(data.part);
    case "update":
      return isString(data.message) && isObject(data.changes);
    case "remove":
      return Array.isArray(data.messages) && data.messages.every(isString);
    case "branch":
      return Array.isArray(data.gone) && Array.isArray(data.come) && data.come.every(isMessage);
    default:
      return false;
  }
}

function isMessage(data: unknown): data is Message {
  return (
    isObject(data) &&
    isString(data.id) &&
    (data.role === "user" || data.role === "assistant") &&
    isString(data.status) &&
    Array.isArray(data.parts) &&
    data.parts.every(isPart)
  );
}

function isPart(data: unknown): data is Part {
  if (!isObject(data)) return false;
  switch (data.type) {
    case "text":
    case "thinking":
      return isString(data.text);
    case "tool":
      return isString(data.id) && isString(data.name) && isString(data.status);
    case "attachment":
      return isString(data.name) && isString(data.media_type) && isString(data.data ?? data.ref);
    default:
      return false;
  }
}

function isObject(data: unknown): data is Fields {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

function isString(data: unknown): data is string {
  return typeof data === "string";
}

function isBoolean(data: unknown): data is boolean {
  return typeof data === "boolean";
}

function isInteger(data: unknown): data is number {
  return Number.isInteger(data);
}
