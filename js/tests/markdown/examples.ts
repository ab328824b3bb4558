/** The examples of the CommonMark specification, and pseudo-random choices that are the same in each run. */
import spec from "commonmark-spec/spec.txt?raw";

export interface Example {
  readonly number: number;
  readonly section: string;
  readonly markdown: string;
  readonly html: string;
}

function readExamples(text: string): Example[] {
  const examples: Example[] = [];
  let section = "";
  const body = text.replaceAll("\r\n", "\n").replace(/^<!-- END TESTS -->[\s\S]*/m, "");
  for (const found of body.matchAll(/^`{32} example\n([\s\S]*?)^\.\n([\s\S]*?)^`{32}$|^#{1,6} *(.*)$/gm)) {
    if (found[3] !== undefined) section = found[3];
    else {
      const [markdown, html] = [found[1] ?? "", found[2] ?? ""].map((part) => part.replaceAll("→", "\t"));
      examples.push({ number: examples.length + 1, section, markdown: markdown ?? "", html: html ?? "" });
    }
  }
  return examples;
}

export const EXAMPLES: readonly Example[] = readExamples(spec);

/** A seeded generator of numbers in [0, 1): mulberry32. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function pick<T>(from: readonly T[], next: () => number): T {
  return from[Math.floor(next() * from.length)] as T;
}

/** Cut `text` into chunks of 1 to `longest` UTF-16 units. */
export function chunks(text: string, next: () => number, longest = 12): string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    const length = 1 + Math.floor(next() * longest);
    parts.push(text.slice(at, at + length));
    at += length;
  }
  return parts;
}
