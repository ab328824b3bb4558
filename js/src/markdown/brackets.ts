/** An open bracket of a link or an image, and when to believe that it will be one. */

import type { Run } from "./delimiters.ts";
import type { Inline } from "./inline-tree.ts";

export interface Bracket {
  readonly node: Inline;
  readonly before: Bracket | null;
  /** The top of the delimiter stack when the bracket opened. */
  readonly runBefore: Run | null;
  /** Where the bracket stands, and where its text starts. */
  readonly at: number;
  readonly from: number;
  readonly image: boolean;
  /** False once a link inside it was found. */
  active: boolean;
  /** Another bracket opened inside: the text is no label. */
  hasBracket: boolean;
}

/**
 * While its end is missing, is `[text` to be drawn as a link? Not behind a word (`a[i`), not before a letter has come
 * (`[1]`, `[ ]`), and not for ever: a link's text that is still open after 300 characters is text.
 */
export function looksLikeLink(bracket: Bracket, text: string, to: number): boolean {
  if (to - bracket.from > 300) return false;
  if (bracket.image) return true;
  if (bracket.at > 0 && /[\p{L}\p{N}_)\]]/u.test(text.charAt(bracket.at - 1))) return false;
  return (
    /\p{L}/u.test(text.slice(bracket.from, to)) && !/^[\s^]/.test(text.slice(bracket.from, bracket.from + 1))
  );
}
