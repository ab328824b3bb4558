/** What goes into the inline parser beside the text, and what comes out. */
import type { Inline } from "./inline-tree.ts";
import type { Target } from "./links.ts";
import type { Syntax } from "./syntax.ts";

/** A position in the source, and the same position in the tree: `length` characters into `node`. */
export interface SafePoint {
  readonly at: number;
  readonly node: Inline | null;
  readonly length: number;
}

export interface Parsed {
  readonly root: Inline;
  readonly safe: SafePoint | null;
  /** The labels that have no definition yet, normalised; footnotes' with their `^`. Drawn again when one comes. */
  readonly misses: ReadonlySet<string>;
}

/** What the inline parser asks of the document. */
export interface References {
  readonly syntax: Syntax;
  link(label: string): Target | undefined;
  hasNote(label: string): boolean;
  /** The document goes on: `[text][label]` and `[^1]` are drawn as if their definitions were still to come. */
  readonly believes: boolean;
}
