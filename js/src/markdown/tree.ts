/**
 * The block tree.
 *
 * - A block's children are appended and never reordered; only the last child can still be open.
 * - `open` may be undone by a rollback; `final` is set only by a complete line and never taken back. From then on nothing
 *   in the block changes, except links that wait for a later definition.
 * - One class for all types: the open spine is copied at every flush, and one hidden class keeps that cheap.
 */

export type BlockType =
  | "document"
  | "quote"
  | "list"
  | "item"
  | "footnote"
  | "paragraph"
  | "heading"
  | "rule"
  | "code"
  | "table"
  | "row";

export type Alignment = "" | "left" | "center" | "right";

/** A list's or an item's marker. */
export interface Marker {
  /** `-`, `+`, `*`, `.` or `)`: items with another one belong to another list. */
  readonly sign: string;
  readonly ordered: boolean;
  readonly start: number;
  /** Columns before the marker, and columns from the marker to the content. */
  readonly offset: number;
  readonly padding: number;
}

export interface Fence {
  readonly char: string;
  readonly length: number;
  readonly offset: number;
}

export class Block {
  readonly children: Block[] = [];
  open = true;
  final = false;
  /** The last line is still being typed. */
  partial = false;
  /** First and last line, counted from 1. `end` holds once the block is closed. */
  end = 0;
  /** The source of a paragraph (every complete line ends in `\n`), of a heading; a footnote's label. */
  text = "";
  level = 0;
  /** Of a list: a blank line stands between its items or between an item's children. */
  loose = false;
  marker: Marker | null = null;
  /** Of code: its lines, without line ends. `fence` is null for indented code. */
  readonly lines: string[] = [];
  fence: Fence | null = null;
  info = "";
  /** What closes the display math that a paragraph has open, or "". */
  math = "";
  alignments: readonly Alignment[] = [];
  cells: readonly string[] = [];

  constructor(
    readonly type: BlockType,
    readonly parent: Block | null,
    readonly start: number,
  ) {}

  get last(): Block | undefined {
    return this.children[this.children.length - 1];
  }

  /** Let go of what only the parser needed; the block is final and drawn. */
  release(): void {
    this.children.length = 0;
    this.lines.length = 0;
    this.text = "";
  }
}
