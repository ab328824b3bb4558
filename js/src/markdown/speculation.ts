/**
 * The line that is still being typed: feed it to the parser as if it were complete, draw, and take it back.
 *
 * - A line changes only open blocks, and appends to them. So the copy of the open spine is all that a rollback needs.
 * - A partial line that may still become structure (`-`, `1.`, `##`, `|--`, a fence) is held: drawing it as text would
 *   make it jump.
 */
import type { BlockParser } from "./blocks.ts";
import { scanDefinitions } from "./links.ts";
import type { Block } from "./tree.ts";

type SavedBlock = Pick<Block, "open" | "partial" | "end" | "text" | "loose" | "math"> & {
  readonly block: Block;
  readonly children: number;
  readonly last: Block | undefined;
  readonly lines: number;
};

/** Feed `partial`, let `draw` look at the tree, and restore the tree. */
export function speculate(parser: BlockParser, partial: string, draw: () => void): void {
  const { tip, lineNumber } = parser;
  const saved: SavedBlock[] = [];
  for (let block: Block | null = tip; block; block = block.parent) saved.push(save(block));
  parser.speculative = true;
  try {
    parser.add(partial);
    draw();
  } finally {
    parser.speculative = false;
    parser.tip = tip;
    parser.lineNumber = lineNumber;
    for (const one of saved) restore(one);
  }
}

function save(block: Block): SavedBlock {
  const { open, partial, end, text, loose, math } = block;
  return {
    block,
    open,
    partial,
    end,
    text,
    loose,
    math,
    children: block.children.length,
    last: block.last,
    lines: block.lines.length,
  };
}

function restore(saved: SavedBlock): void {
  const { block, children, last, lines } = saved;
  block.open = saved.open;
  block.partial = saved.partial;
  block.end = saved.end;
  block.text = saved.text;
  block.loose = saved.loose;
  block.math = saved.math;
  block.children.length = children;
  if (last) block.children[children - 1] = last;
  block.lines.length = lines;
}

const CONTAINERS = /^[ \t]*(?:(?:>[ \t]?|[-*+][ \t]+|\d{1,9}[.)][ \t]+)[ \t]*)*/;
/** Rules, setext and table underlines, list markers, headings and fences, as far as they are typed. */
const UNFINISHED = /^(?:[-*_+=#`~|:$ \t]*|\d{1,9}[.)]?|#{1,6}[ \t]*|`{3,}[^`]*|~{3,}.*)$/;
/** A fence's closing line, as far as it is typed. */
const CLOSING = /^[ \t`~]*$/;
/** `[label]:` and what may become it. A label that isn't closed by then is a link's text. */
const DEFINITION = /^\[(?:[^[\]\\]|\\.){0,40}(?:\\?$|\](?::.*)?$)/;
const FOOTNOTE = /^\[\^[^\s[\]\\]*\]?:?[ \t]*$/;
const TASK = /^\[(?:[ xX]\]?)?[ \t]*$/;

/** Must `partial` wait for more of its line? */
export function mustHold(parser: BlockParser, partial: string): boolean {
  const tip = parser.tip;
  if (isPlainFence(tip)) return CLOSING.test(partial);
  const markers = CONTAINERS.exec(partial)?.[0] ?? "";
  const rest = partial.slice(markers.length);
  if (UNFINISHED.test(rest)) return true;
  const first = rest.charCodeAt(0);
  if (first === 124) return tip.type !== "table" && !tip.fence;
  if (first !== 91) return false;
  if (FOOTNOTE.test(rest) || (markers !== "" && TASK.test(rest))) return true;
  return (markers !== "" || !hasText(tip)) && DEFINITION.test(rest);
}

/** Is the tip a paragraph of more than definitions? */
function hasText(tip: Block): boolean {
  return tip.type === "paragraph" && scanDefinitions(tip.text) < tip.text.length;
}

/** A fence in no other block: nothing else can end it than its own closing line. */
export function isPlainFence(block: Block): boolean {
  return block.fence !== null && block.parent?.type === "document";
}

/** While a line is held: where the part of an open paragraph ends that can't become a table's head. */
export function sureLength(text: string): number {
  const lastLine = text.lastIndexOf("\n", text.length - 2) + 1;
  return text.charCodeAt(lastLine) === 124 ? lastLine : text.length;
}
