/**
 * The last characters of a line that is still being typed: which of them to hide, because what comes next decides what
 * they are.
 *
 * Only a handful of characters wait, and only until the next one comes; all are drawn when the text ends.
 */
import type { Syntax } from "./syntax.ts";

/** Delimiter runs, dollars, brackets, a character reference. */
const UNSURE = /(?:[*_~]+|`+|\$+|!?\[|\[\^[^\s[\]\\]{0,20}|&(?:#\w{0,7}|[a-zA-Z][a-zA-Z0-9]{0,7})?)$/;
const POINTY = /<([a-z]*:?)$/;
const BARE_URL = /(?:^|[\s*_~(])(htt?p?s?:?\/?|www?)$/;
const SCHEMES = ["https:", "http:", "mailto:"];

/** How much of `source` is to be parsed now; never less than `from`. */
export function surePrefix(source: string, from: number, syntax: Syntax): string {
  // A complete line: its end is known, unless a backslash makes it a hard break.
  const isComplete = source.endsWith("\n");
  const length = isComplete ? source.length - 1 : source.length;
  const start = Math.max(from, length - 40);
  const tail = source.slice(start, length);
  const cut = isComplete ? tail.length - oddBackslash(tail, tail.length) : sureLength(tail, syntax);
  return source.slice(0, start + cut);
}

function sureLength(tail: string, syntax: Syntax): number {
  if (oddBackslash(tail, tail.length)) return tail.length - 1;
  if (syntax.math && /[([]$/.test(tail) && oddBackslash(tail, tail.length - 1)) return tail.length - 2;
  const unsure = UNSURE.exec(tail);
  // What a backslash escapes is text already.
  if (unsure) return unsure.index + oddBackslash(tail, unsure.index);
  const pointy = POINTY.exec(tail);
  if (pointy && SCHEMES.some((scheme) => scheme.startsWith(pointy[1] ?? ""))) {
    return pointy.index + oddBackslash(tail, pointy.index);
  }
  const url = syntax.bareUrls ? BARE_URL.exec(tail)?.[1] : undefined;
  return tail.length - (url?.length ?? 0);
}

/** 1 when the character at `at` stands behind an odd number of backslashes. */
function oddBackslash(text: string, at: number): number {
  let count = 0;
  while (text.charCodeAt(at - 1 - count) === 92) count++;
  return count % 2;
}
