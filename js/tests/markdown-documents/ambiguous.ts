/**
 * Constructs whose meaning is open until later characters come, each alone, with the characters that may be retyped when
 * it is streamed one character a flush: the least that a renderer can do which draws the likely reading at once.
 */
export interface Ambiguous {
  name: string;
  source: string;
  retyped: number;
}

export const AMBIGUOUS: readonly Ambiguous[] = [
  // A paragraph until the first `=` line: its 23 characters become a heading.
  {
    name: "setext heading",
    source: "What the third run of it says\n===\n\nThe text goes on.\n",
    retyped: 23,
  },
  // A paragraph until the delimiter row: its 10 characters become cells.
  { name: "table without outer pipes", source: "name | rows\n--- | ---\nusers | 12\n", retyped: 10 },
  // Text until the definition comes: what stands from the reference to the end is drawn again.
  {
    name: "late definition",
    source: "As [the plan][p] says, the join lost its index and users.\n\n[p]: https://example.org\n",
    retyped: 52,
  },
  // Text until its domain is known: then its characters become a link's.
  { name: "bare URL", source: "See https://example.org/a/guide for more.\n", retyped: 27 },
  // Bold from its first letter, until the paragraph ends without the closing stars.
  { name: "unclosed **", source: "A **run that never closes its star\n\nThe text goes on.\n", retyped: 25 },
  // Code from its first letter, until the paragraph ends without the second backtick.
  {
    name: "lone backtick",
    source: "A key ` is left of the one on most keyboards, above the tab key.\n\nThe text goes on.\n",
    retyped: 46,
  },
  // Its description until the destination is complete: then a button.
  { name: "image", source: "The load: ![load chart](https://example.org/load.png) is high.\n", retyped: 10 },
];
