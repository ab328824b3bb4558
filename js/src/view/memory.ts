/** Where a conversation is scrolled to: the message at the top of the box, and how far it begins above there, in px. */
export type Place = readonly [group: number, message: number, above: number];

/** What one view keeps for the next one in its place: over a reload, or when the host makes a view anew. */
export interface Memory {
  draft: string;
  /** Where the caret stands in the draft. */
  caret: number;
  /** Null at the end. */
  place: Place | null;
  /** The height that the person gave the conversation, as CSS. */
  height: string;
  /** Which parts of which messages are unfolded. */
  unfolded: string[];
  /** Pictures that go with the draft, and those that went with the last message. */
  attached: readonly Attached[];
  sent: readonly Attached[];
}

/** A picture that is on its way to the kernel, or there. */
export interface Attached {
  readonly id: string;
  readonly name: string;
  /** A small version of it, as a data URL. */
  readonly thumbnail: string;
  readonly ready: boolean;
}

const NOTHING: Memory = {
  draft: "",
  caret: 0,
  place: null,
  height: "",
  unfolded: [],
  attached: [],
  sent: [],
};

/** What the views of one chat remember. Views that are there at the same time have memories of their own. */
export interface Memories {
  /** The first memory that no view has. */
  take(): Memory;
  leave(memory: Memory): void;
}

/** The memories of the widget `id` in this tab. They are saved when the page is left, until `signal` aborts. */
export function recall(id: string | null, signal: AbortSignal): Memories {
  const key = `ipytalk/${id}`;
  const memories: Memory[] = id ? read(key) : [];
  const taken = new Set<Memory>();
  const save = (): void => {
    if (!id) return;
    try {
      sessionStorage.setItem(key, JSON.stringify(memories));
    } catch {
      // It is full or forbidden; a draft is then lost with the page.
    }
  };
  window.addEventListener("pagehide", save, { signal });
  document.addEventListener("visibilitychange", save, { signal });
  return {
    take() {
      const memory = memories.find((each) => !taken.has(each)) ?? { ...NOTHING };
      if (!memories.includes(memory)) memories.push(memory);
      taken.add(memory);
      return memory;
    },
    leave: (memory) => void taken.delete(memory),
  };
}

function read(key: string): Memory[] {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "[]");
  } catch {
    return [];
  }
}
