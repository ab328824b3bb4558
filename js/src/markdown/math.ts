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
  const opener = OPENERS[text.slice(at, at + 2)] ?? OPENERS[text.charAt(at)] ?? null;
  // `US$5 and CA$6`
  if (opener?.close === "$" && /[\p{L}\p{N}]/u.test(text.charAt(at - 1))) return null;
  return opener;
}

/** The position of the closer of math whose content starts at `from`, or `NO`, or `MORE`. */
export function scanMath(text: string, from: number, opener: MathOpener): number {
  const to = opener.close === "$" ? scanDollar(text, from) : scanCloser(text, from, opener);
  if (to < 0) return to;
  const tex = text.slice(from, to);
  if (!/[\p{L}\p{N}]/u.test(tex)) return NO;
  return opener.close === "\\]" && !isFormula(tex) ? NO : to;
}

function scanDollar(text: string, from: number): number {
  if (/[\s$]/.test(text.charAt(from))) return NO;
  for (let i = from; i < text.length; i++) {
    if (i > from + MAX_LENGTH) return NO;
    const c = text.charCodeAt(i);
    if (c === 92) i++;
    else if (c === 36) {
      if (text.charCodeAt(i + 1) === 36) return NO;
      if (!/\s/.test(text.charAt(i - 1)) && !/[0-9]/.test(text.charAt(i + 1))) return i;
    }
  }
  return MORE;
}

function scanCloser(text: string, from: number, { close, display }: MathOpener): number {
  const limit = from + (display ? MAX_DISPLAY_LENGTH : MAX_LENGTH);
  for (let i = from; i < text.length; i++) {
    if (i > limit) return NO;
    if (text.startsWith(close, i)) return i;
    if (text.charCodeAt(i) === 92) i++;
  }
  return MORE;
}

/** `\[` opens a formula rather than an escaped bracket when white space follows, or something that prose hasn't. */
function isFormula(tex: string): boolean {
  return /^\s|[\\^_={}<>+]/.test(tex);
}

/** Half a formula at the text's end: is it to be drawn as one? Prices (`$5 and`) and names (`$HOME is`) are not. */
export function looksLikeMath(text: string, from: number, opener: MathOpener): boolean {
  const tex = text.slice(from, from + MAX_DISPLAY_LENGTH);
  if (opener.close === "\\]") return isFormula(tex);
  if (opener.close !== "$") return true;
  if (/\n|(?<![\\A-Za-z])[A-Za-z]{3,}[ ,.]+[A-Za-z]{2,}/.test(tex)) return false;
  return !/^[0-9]/.test(tex) || /[\\^_=]/.test(tex);
}

/** The closer that a paragraph line leaves open, or "". */
export function openDisplayMath(line: string): string {
  const close = line.startsWith("$$") ? "$$" : /^\\\[(?:[ \t]|$)/.test(line) ? "\\]" : "";
  return close && !line.includes(close, 2) ? close : "";
}

/** `close`, or "" when the line has it. */
export function closeDisplayMath(line: string, close: string): string {
  return line.includes(close) ? "" : close;
}
