/**
 * Where math starts and ends.
 *
 * - `$x$`: the opening `$` has no space behind it, the closing one none before it and no digit behind it, so that
 *   "costs $5 and $10" is text; both on one paragraph's lines, at most 1000 characters apart.
 * - `\(x\)`, `$$x$$` and `\[x\]`: with a letter or digit inside, `\(\)` being two escapes. The last two are display math; when they open a line, the lines up to their
 *   end are not looked at for lists and headings.
 */
import { MORE, NO } from "./links.ts";

/** Longer than this is no formula but a stray opener. */
const MAX_LENGTH = 1000;
const MAX_DISPLAY_LENGTH = 10_000;

export interface MathOpener {
  readonly close: "$" | "$$" | "\\)" | "\\]";
  readonly display: boolean;
}

const OPENERS: Record<string, MathOpener> = {
  $: { close: "$", display: false },
  $$: { close: "$$", display: true },
  "\\(": { close: "\\)", display: false },
  "\\[": { close: "\\]", display: true },
};

/** The opener at a position that holds `$` or `\`, or null. */
export function mathOpener(text: string, at: number): MathOpener | null {
  return OPENERS[text.slice(at, at + 2)] ?? OPENERS[text.charAt(at)] ?? null;
}

/** The position of the closer of math whose content starts at `from`, or `NO`, or `MORE`. */
export function scanMath(text: string, from: number, opener: MathOpener): number {
  const { close } = opener;
  if (close === "$" && /[\s$]/.test(text.charAt(from))) return NO;
  const limit = from + (opener.display ? MAX_DISPLAY_LENGTH : MAX_LENGTH);
  for (let i = from; i < text.length; i++) {
    if (i > limit) return NO;
    const c = text.charCodeAt(i);
    if (c === 92) {
      if (close.charCodeAt(0) === 92 && text.startsWith(close, i)) return closed(text, from, i);
      i++;
    } else if (c === 36 && close.charCodeAt(0) === 36) {
      if (close === "$$") {
        if (text.charCodeAt(i + 1) === 36) return closed(text, from, i);
      } else if (text.charCodeAt(i + 1) === 36) {
        return NO;
      } else if (!/\s/.test(text.charAt(i - 1)) && !/[0-9]/.test(text.charAt(i + 1))) {
        return i;
      }
    }
  }
  return MORE;
}

function closed(text: string, from: number, to: number): number {
  return /[\p{L}\p{N}]/u.test(text.slice(from, to)) ? to : NO;
}

/** The closer that a paragraph line leaves open, or "". */
export function openDisplayMath(line: string): string {
  const close = line.startsWith("$$") ? "$$" : line.startsWith("\\[") ? "\\]" : "";
  return close && !line.includes(close, 2) ? close : "";
}

/** `close`, or "" when the line has it. */
export function closeDisplayMath(line: string, close: string): string {
  return line.includes(close) ? "" : close;
}
