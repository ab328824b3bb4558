/**
 * The last characters of a line that is still being typed: which of them to hide, because what comes next decides what
 * they are.
 *
 * Only a handful of characters wait, and only until the next one comes; all are drawn when the text ends.
 */
import type { Syntax } from "./syntax.ts";

/** Delimiter runs, an escape, brackets, an autolink's start, the references that people write. */
const UNSURE =
  /(?:[*_~]+|`+|\\|!?\[|\[\^[^\s[\]\\]{0,20}|<(?:h(?:t(?:t(?:p(?:s)?)?)?)?|mailto|mai?)?|&(?:#\w{0,7}|am?p?|lt?|gt?|quot?|qu?|n(?:b(?:s(?:p)?)?)?)?)$/;
const UNSURE_MATH = /\$+$/;
const UNSURE_URL = /(?:^|[\s*_~(])(h(?:tt(?:ps?(?::\/?)?)?)|ww(?:w)?)$/;

/** How much of `source` is to be parsed now; never less than `from`. */
export function surePrefix(source: string, from: number, syntax: Syntax): string {
  // A complete line: its end is known.
  if (source.endsWith("\n")) return source.slice(0, -1);
  const start = Math.max(from, source.length - 40);
  const tail = source.slice(start);
  let cut = tail.length;
  const unsure = UNSURE.exec(tail);
  if (unsure) cut = unsure.index;
  if (syntax.math && cut === tail.length) cut = UNSURE_MATH.exec(tail)?.index ?? cut;
  if (syntax.bareUrls && cut === tail.length) {
    const url = UNSURE_URL.exec(tail);
    if (url) cut = url.index + url[0].length - (url[1]?.length ?? 0);
  }
  return cut === tail.length ? source : source.slice(0, start + cut);
}
