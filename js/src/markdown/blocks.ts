/**
 * The block parser: complete lines in, a tree of blocks out, after the parsing strategy of CommonMark's appendix.
 *
 * - A line touches the open spine only: the document, its last child, that one's last child, ... So a speculated line can
 *   be undone by restoring the spine (speculation.ts).
 * - While `speculative` is set, no block becomes final and no definition is recorded.
 * - Raw HTML is no construct here: it is text.
 */
import { normalizeLabel } from "./escapes.ts";
import { Line } from "./line.ts";
import { type Definition, scanDefinitions, type Target } from "./links.ts";
import { closeDisplayMath, openDisplayMath } from "./math.ts";
import { STARTS } from "./starts.ts";
import type { Syntax } from "./syntax.ts";
import { splitRow } from "./table.ts";
import { Block, type BlockType } from "./tree.ts";

/** Deeper nesting than this is text: layout and our own recursion must survive `>>>>>>...`. */
const MAX_DEPTH = 100;

export class BlockParser {
  readonly document = new Block("document", null, 1);
  readonly definitions = new Map<string, Target>();
  readonly footnotes = new Set<string>();
  speculative = false;
  tip = this.document;
  lineNumber = 0;
  /** The line in work, and whether every open block has matched it. */
  line = new Line("");
  allMatched = true;
  private lastMatched = this.document;
  private oldTip = this.document;

  /** `onDefine` hears each new link label and each new footnote's `^label`. */
  constructor(
    readonly syntax: Syntax,
    private readonly onDefine: (label: string) => void,
  ) {}

  /** Take one line, without its line end. */
  add(source: string): void {
    this.line = new Line(source);
    this.lineNumber++;
    this.oldTip = this.tip;
    const container = this.matchOpenBlocks();
    if (container === null) return; // a closing fence used the line up
    this.allMatched = container === this.oldTip;
    this.lastMatched = container;
    this.addText(this.openNewBlocks(container));
  }

  /** Close everything: the document has ended. */
  close(): void {
    let block: Block | null = this.tip;
    for (; block; block = block.parent) this.finalize(block, this.lineNumber);
  }

  private matchOpenBlocks(): Block | null {
    let container = this.document;
    for (let child = container.last; child?.open; child = container.last) {
      this.line.look();
      const matched = this.continues(child);
      if (matched === "used") return null;
      if (!matched) break;
      container = child;
    }
    return container;
  }

  /** Does the open block go on in this line? Uses up the block's own markers. */
  private continues(block: Block): boolean | "used" {
    const line = this.line;
    switch (block.type) {
      case "list":
        return true;
      case "quote":
        if (line.indented || line.source.charCodeAt(line.next) !== 62) return false;
        line.skipSpace();
        line.skip(1);
        if (line.atSpace()) line.skipColumns(1);
        return true;
      case "item":
      case "footnote": {
        if (line.blank) {
          if (block.children.length === 0) return false;
          line.skipSpace();
          return true;
        }
        const width = block.marker ? block.marker.offset + block.marker.padding : 4;
        if (line.indent < width) return false;
        line.skipColumns(width);
        return true;
      }
      case "code":
        return this.continuesCode(block);
      case "paragraph":
      case "table":
        return !line.blank;
      default:
        return false;
    }
  }

  private continuesCode(block: Block): boolean | "used" {
    const line = this.line;
    const fence = block.fence;
    if (!fence) {
      if (line.indented) line.skipColumns(4);
      else if (line.blank) line.skipSpace();
      else return false;
      return true;
    }
    if (!line.indented && line.source.charAt(line.next) === fence.char) {
      const run = /^(`+|~+)[ \t]*$/.exec(line.text)?.[1] ?? "";
      if (run.length >= fence.length) {
        this.finalize(block, this.lineNumber);
        return "used";
      }
    }
    for (let i = fence.offset; i > 0 && line.atSpace(); i--) line.skipColumns(1);
    return true;
  }

  private openNewBlocks(matched: Block): Block {
    let container = matched;
    // Inside display math, `- b` is a subtraction.
    if (container.type === "code" || (container.type === "paragraph" && container.math)) return container;
    for (;;) {
      this.line.look();
      const start = this.tryStarts(container);
      if (start === "none") {
        this.line.skipSpace();
        return container;
      }
      container = this.tip;
      if (start === "leaf") return container;
    }
  }

  private tryStarts(container: Block): "none" | "leaf" | "container" {
    const line = this.line;
    if (line.blank) return "none";
    const character = line.indented ? " " : line.source.charAt(line.next);
    for (const [start, characters] of STARTS) {
      if (!characters.includes(character)) continue;
      const found = start(this, container);
      if (found !== "none") return found;
    }
    return "none";
  }

  private addText(container: Block): void {
    const line = this.line;
    if (!this.allMatched && !line.blank && this.tip.type === "paragraph") {
      this.addParagraphLine(this.tip); // a lazy continuation
      return;
    }
    this.closeUnmatched();
    switch (container.type) {
      case "code":
        // The rest of a fence's opening line is its info string.
        if (container.fence && container.start === this.lineNumber) return;
        container.lines.push(line.rest());
        container.partial = this.speculative;
        return;
      case "paragraph":
        line.look();
        line.skipSpace();
        this.addParagraphLine(container);
        return;
      case "table":
        if (line.offset < line.source.length) this.addRow(container, line.rest());
        return;
      case "heading":
      case "rule":
        return;
      default:
        if (line.blank || line.offset >= line.source.length) return;
        this.addParagraphLine(this.addChild("paragraph"));
    }
  }

  private addParagraphLine(paragraph: Block): void {
    const text = this.line.rest();
    // While a line is still being typed no `\n` ends it: so the drawing knows that its last characters may change.
    paragraph.text += this.speculative ? text : `${text}\n`;
    paragraph.partial = this.speculative;
    if (!this.syntax.math) return;
    paragraph.math = paragraph.math ? closeDisplayMath(text, paragraph.math) : openDisplayMath(text);
  }

  private addRow(table: Block, text: string): void {
    const row = new Block("row", table, this.lineNumber);
    row.cells = splitRow(text);
    row.open = false;
    row.partial = this.speculative;
    row.final = !this.speculative;
    table.children.push(row);
  }

  /** Close the blocks that this line didn't match; a block start calls it once it is sure. */
  closeUnmatched(): void {
    if (this.allMatched) return;
    while (this.oldTip !== this.lastMatched && this.oldTip.parent) {
      const parent = this.oldTip.parent;
      this.finalize(this.oldTip, this.lineNumber - 1);
      this.oldTip = parent;
    }
    this.allMatched = true;
  }

  /** Add a block to the tip, or to the nearest ancestor that may hold it. */
  addChild(type: BlockType, start = this.lineNumber): Block {
    while (!canContain(this.tip.type, type) && this.tip.parent) {
      const parent = this.tip.parent;
      this.finalize(this.tip, this.lineNumber - 1);
      this.tip = parent;
    }
    const parent = this.tip;
    const before = parent.last;
    if (before && before.end !== start - 1) {
      if (parent.type === "list") parent.loose = true;
      else if (parent.type === "item" && parent.parent) parent.parent.loose = true;
    }
    const block = new Block(type, parent, start);
    parent.children.push(block);
    this.tip = block;
    return block;
  }

  /** Put a new block of another type in the place of the last child. */
  replaceLast(old: Block, type: BlockType): Block {
    const block = new Block(type, old.parent, old.start);
    const siblings = old.parent?.children;
    if (siblings) siblings[siblings.length - 1] = block;
    this.tip = block;
    return block;
  }

  /** May another container open inside `container`? */
  hasRoom(container: Block): boolean {
    let depth = 0;
    for (let block: Block | null = container; block; block = block.parent) depth++;
    return depth < MAX_DEPTH;
  }

  /** Take the link definitions off a paragraph's start. */
  takeDefinitions(paragraph: Block): void {
    const own = scanDefinitions(paragraph.text, this.speculative ? undefined : (found) => this.define(found));
    if (own > 0) paragraph.text = paragraph.text.slice(own);
  }

  finalize(block: Block, end: number): void {
    block.open = false;
    block.end = end;
    if (!this.speculative) block.final = true;
    if (block.type === "paragraph") {
      this.takeDefinitions(block);
    } else if (block.type === "list" || block.type === "item") {
      block.end = block.last?.end ?? block.start;
    } else if (block.type === "code" && !block.fence) {
      block.end = block.start + textLines(block) - 1;
    }
    this.tip = block.parent ?? block;
  }

  private define({ label, href, title }: Definition): void {
    if (this.definitions.has(label)) return; // the first one counts
    this.definitions.set(label, { href, title });
    this.onDefine(label);
  }

  defineFootnote(text: string): void {
    const label = normalizeLabel(text);
    if (this.speculative || this.footnotes.has(label)) return;
    this.footnotes.add(label);
    this.onDefine(`^${label}`);
  }
}

function canContain(parent: BlockType, child: BlockType): boolean {
  switch (parent) {
    case "document":
    case "quote":
    case "item":
    case "footnote":
      return child !== "item";
    case "list":
      return child === "item";
    default:
      return false;
  }
}

/** How many lines of a code block are drawn: an indented one drops the blank lines at its end. */
export function textLines(code: Block): number {
  let count = code.lines.length;
  if (!code.fence) while (count > 0 && !/[^ \t]/.test(code.lines[count - 1] ?? "")) count--;
  return count;
}
