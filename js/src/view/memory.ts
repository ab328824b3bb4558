/** What a chat's views keep for the next one: over a reload, or when the host makes a view anew. */
export interface Memory {
  draft: string;
  /** Where the caret stands in the draft. */
  caret: number;
  /** How far the conversation is scrolled, in px; null at its end. */
  top: number | null;
  /** The height that the person gave the conversation, as CSS. */
  height: string;
  /** Which parts of which messages are unfolded. */
  unfolded: string[];
}

const NOTHING: Memory = { draft: "", caret: 0, top: null, height: "", unfolded: [] };

/** The memory of the widget `id` in this tab. It is saved when the page is left, until `signal` aborts. */
export function recall(id: string | null, signal: AbortSignal): Memory {
  const key = `ipytalk:${id}`;
  const memory: Memory = { ...NOTHING, ...(id && read(key)) };
  const save = (): void => {
    if (!id) return;
    try {
      sessionStorage.setItem(key, JSON.stringify(memory));
    } catch {
      // It is full or forbidden; a draft is then lost with the page.
    }
  };
  window.addEventListener("pagehide", save, { signal });
  document.addEventListener("visibilitychange", save, { signal });
  return memory;
}

function read(key: string): Partial<Memory> | null {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}
