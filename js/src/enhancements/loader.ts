/**
 * Highlighting, math, and what only a page with a kernel can do: they come from it when they are first wanted, once for
 * a page.
 *
 * anywidget sends `_esm` with each widget, so what isn't always needed mustn't stand in it. Nothing comes from a CDN.
 */
import type { actions } from "../actions/actions.ts";
import type { Enhancements } from "../markdown/index.ts";
import type { Call, Reply } from "../protocol.ts";

export interface Modules extends Enhancements {
  readonly actions?: typeof actions;
}

/** Each is the name of a bundle, and of what that exports. */
export type Enhancement = keyof Modules;

/** An enhancement that is asked for and doesn't come may be asked for again, by whoever wants it then. */
const PATIENCE = 10_000;

interface Entry {
  loaded: Modules | null;
  askedAt: number;
  readonly waiting: Set<(module: Modules) => void>;
}

/** Shared by all widgets of the page, each of which has a module of its own. */
const KEY = Symbol.for("ipytalk.enhancements.1");
const shared = globalThis as { [KEY]?: Map<string, Entry> };
shared[KEY] ??= new Map();
const page = shared[KEY];

function entryOf(name: string): Entry {
  let entry = page.get(name);
  if (!entry) {
    entry = { loaded: null, askedAt: Number.NEGATIVE_INFINITY, waiting: new Set() };
    page.set(name, entry);
  }
  return entry;
}

export interface Loader {
  /** The data of an attachment that came without it, or null. */
  attached(ref: string): Promise<string | null>;
  /** What has come by now. */
  readonly present: Enhancements;
  /** Call `use` with the enhancement when it is there; ask for it if nobody did. */
  want(name: Enhancement, use: (module: Modules) => void): void;
}

/** `call` asks the kernel. */
export function createLoader(call: (call: Call) => Promise<Reply>): Loader {
  const textOf = async (request: Call): Promise<string | null> => {
    const reply = await call(request);
    return (reply.status === "ok" && reply.text) || null;
  };
  return {
    attached: (ref) => textOf({ type: "attached", ref }),
    get present() {
      return Object.assign({}, ...[...page.values()].map(({ loaded }) => loaded)) as Enhancements;
    },
    want(name, use) {
      const entry = entryOf(name);
      if (entry.loaded) {
        use(entry.loaded);
        return;
      }
      entry.waiting.add(use);
      const now = performance.now();
      if (now - entry.askedAt < PATIENCE) return;
      entry.askedAt = now;
      void textOf({ type: "asset", name }).then((code) => arrive(entry, name, code));
    },
  };
}

/** The code of an enhancement came: run it, and give it to those who wait. */
async function arrive(entry: Entry, name: string, code: string | null): Promise<void> {
  if (code === null || entry.loaded) return;
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  try {
    entry.loaded = (await import(/* @vite-ignore */ url)) as Modules;
  } catch (error) {
    console.warn(`ipytalk: the page could not run its code for ${name}`, error);
    return;
  } finally {
    URL.revokeObjectURL(url);
  }
  for (const use of entry.waiting) use(entry.loaded);
  entry.waiting.clear();
}
