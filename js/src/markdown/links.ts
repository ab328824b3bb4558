/**
 * The pieces of links and of link reference definitions, found at a position of a string.
 *
 * Every scanner is linear and answers one of three: an end position, `NO` (it can't match, whatever comes), or `MORE` (the
 * string ended first, and it may still match).
 */
import { ESCAPABLE, encodeDestination, normalizeLabel, unescapeText } from "./escapes.ts";

export const NO = -1;
export const MORE = -2;

export interface Target {
  readonly href: string;
  readonly title: string;
}

export interface LinkTail {
  /** null: not known yet. */
  readonly href: string | null;
  readonly title: string;
  /** The position behind the tail, or `NO`, or `MORE`. */
  readonly end: number;
}

/** As cmark: without a limit `[a]([a]([a](...` takes quadratic time. */
const MAX_PARENTHESES = 32;

const NO_TAIL: LinkTail = { end: NO, href: "", title: "" };
const MORE_TAIL: LinkTail = { end: MORE, href: "", title: "" };

/** Spaces with at most one line end among them; the position behind them. */
export function skipSpaces(text: string, at: number): number {
  let lineEnd = false;
  for (; ; at++) {
    const c = text.charCodeAt(at);
    if (c === 10 && !lineEnd) lineEnd = true;
    else if (c !== 32 && c !== 9) return at;
  }
}

function isSpace(c: number): boolean {
  return c === 32 || (c >= 9 && c <= 13);
}

/** `[label]`; the position behind `]`. */
export function scanLabel(text: string, at: number): number {
  if (text.charCodeAt(at) !== 91) return at < text.length ? NO : MORE;
  for (let i = at + 1; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 93) return i + 1;
    if (c === 91 || i > at + 1000) return NO;
    if (c === 92) i++;
  }
  return MORE;
}

function scanDestination(text: string, at: number): number {
  if (text.charCodeAt(at) === 60) {
    for (let i = at + 1; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c === 62) return i + 1;
      if (c === 10 || c === 60) return NO;
      if (c === 92 && text.charCodeAt(i + 1) !== 10) i++;
    }
    return MORE;
  }
  let depth = 0;
  let i = at;
  for (; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 92 && ESCAPABLE.test(text.charAt(i + 1))) i++;
    else if (c === 40) {
      if (++depth > MAX_PARENTHESES) return NO;
    } else if (c === 41) {
      if (depth === 0) break;
      depth--;
    } else if (isSpace(c)) break;
  }
  if (i >= text.length) return MORE;
  if (depth > 0 || (i === at && text.charCodeAt(i) !== 41)) return NO;
  return i;
}

function readDestination(text: string, from: number, to: number): string {
  const pointed = text.charCodeAt(from) === 60;
  return encodeDestination(unescapeText(pointed ? text.slice(from + 1, to - 1) : text.slice(from, to)));
}

function scanTitle(text: string, at: number): number {
  const open = text.charCodeAt(at);
  if (open !== 34 && open !== 39 && open !== 40) return at < text.length ? NO : MORE;
  const close = open === 40 ? 41 : open;
  for (let i = at + 1; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === close) return i + 1;
    if (c === 40 && open === 40) return NO;
    if (c === 92) i++;
  }
  return MORE;
}

/** The `(destination "title")` of an inline link; `at` is the position of `(`. */
export function scanTail(text: string, at: number): LinkTail {
  const from = skipSpaces(text, at + 1);
  if (from >= text.length) return MORE_TAIL;
  const to = scanDestination(text, from);
  if (to === MORE) return MORE_TAIL;
  if (to === NO) return NO_TAIL;
  const gap = skipSpaces(text, to);
  if (gap >= text.length) return MORE_TAIL;
  const href = readDestination(text, from, to);
  if (text.charCodeAt(gap) === 41) return { end: gap + 1, href, title: "" };
  if (gap === to) return NO_TAIL;
  const titleEnd = scanTitle(text, gap);
  if (titleEnd === MORE) return MORE_TAIL;
  if (titleEnd === NO) return NO_TAIL;
  const end = skipSpaces(text, titleEnd);
  if (end >= text.length) return MORE_TAIL;
  if (text.charCodeAt(end) !== 41) return NO_TAIL;
  return { end: end + 1, href, title: unescapeText(text.slice(gap + 1, titleEnd - 1)) };
}

/** The position behind the line's end when only spaces stand between; else `NO`. */
function scanLineEnd(text: string, at: number): number {
  while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at++;
  if (at >= text.length) return at;
  return text.charCodeAt(at) === 10 ? at + 1 : NO;
}

export interface Definition extends Target {
  readonly label: string;
}

/**
 * Take the link reference definitions off a paragraph's start.
 * @returns the position where the paragraph's own text starts.
 */
export function scanDefinitions(text: string, define?: (definition: Definition) => void): number {
  let at = 0;
  while (text.charCodeAt(at) === 91) {
    const end = scanDefinition(text, at, define);
    if (end === NO) break;
    at = end;
  }
  return at;
}

function scanDefinition(text: string, at: number, define?: (definition: Definition) => void): number {
  const labelEnd = scanLabel(text, at);
  if (labelEnd < 0 || text.charCodeAt(labelEnd) !== 58) return NO;
  const label = normalizeLabel(text.slice(at + 1, labelEnd - 1));
  if (label === "") return NO;
  const from = skipSpaces(text, labelEnd + 1);
  if (from >= text.length) return NO;
  let to = scanDestination(text, from);
  if (to === MORE && text.charCodeAt(from) !== 60) to = closedDestination(text, from);
  if (to < 0 || to === from) return NO;

  let title = "";
  let end: number = NO;
  const gap = skipSpaces(text, to);
  if (gap !== to) {
    const titleEnd = scanTitle(text, gap);
    if (titleEnd >= 0) {
      end = scanLineEnd(text, titleEnd);
      if (end !== NO) title = unescapeText(text.slice(gap + 1, titleEnd - 1));
    }
  }
  // What looked like a title may be the next line's text.
  if (end === NO) end = scanLineEnd(text, to);
  if (end === NO) return NO;
  define?.({ label, href: readDestination(text, from, to), title });
  return end;
}

/** A destination that runs to the text's end, its parentheses balanced. */
function closedDestination(text: string, from: number): number {
  const end = scanDestination(`${text} `, from);
  return end > text.length ? NO : end;
}
