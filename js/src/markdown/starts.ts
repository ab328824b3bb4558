/**
 * Block starts, in the order in which they are tried at each position of a line that isn't blank.
 *
 * Each looks at the parser's line behind the containers that matched, and says `none`, `container` (go on looking inside)
 * or `leaf`. It closes unmatched blocks only once it is sure.
 */
import type { BlockParser } from "./blocks.ts";
import { unescapeText } from "./escapes.ts";
import { delimiterRow, splitRow } from "./table.ts";
import type { Block, Marker } from "./tree.ts";

type Start = (parser: BlockParser, container: Block) => "none" | "leaf" | "container";

const quote: Start = (parser, container) => {
  const { line } = parser;
  if (!parser.hasRoom(container)) return "none";
  line.skipSpace();
  line.skip(1);
  if (line.atSpace()) line.skipColumns(1);
  parser.closeUnmatched();
  parser.addChild("quote");
  return "container";
};

const atxHeading: Start = (parser) => {
  const { line } = parser;
  const marker = /^(#{1,6})(?:[ \t]+|$)/.exec(line.text);
  if (!marker) return "none";
  parser.closeUnmatched();
  const heading = parser.addChild("heading");
  heading.level = marker[1]?.length ?? 1;
  heading.text = line.text
    .slice(marker[0].length)
    .replace(/^#+[ \t]*$/, "")
    .replace(/[ \t]+#+[ \t]*$/, "");
  heading.partial = parser.speculative;
  line.skipAll();
  return "leaf";
};

const fencedCode: Start = (parser) => {
  const { line } = parser;
  const fence = /^(?:`{3,}(?=[^`]*$)|~{3,})/.exec(line.text)?.[0];
  if (!fence) return "none";
  parser.closeUnmatched();
  const code = parser.addChild("code");
  code.fence = { char: fence.charAt(0), length: fence.length, offset: line.indent };
  code.info = unescapeText(line.text.slice(fence.length).trim());
  line.skipAll();
  return "leaf";
};

const setextHeading: Start = (parser, container) => {
  const { line } = parser;
  if (container.type !== "paragraph" || !/^(?:=+|-+)[ \t]*$/.test(line.text)) return "none";
  parser.closeUnmatched();
  parser.takeDefinitions(container);
  if (container.text === "") return "none";
  const heading = parser.replaceLast(container, "heading");
  heading.level = line.text.startsWith("=") ? 1 : 2;
  heading.text = container.text;
  line.skipAll();
  return "leaf";
};

const rule: Start = (parser) => {
  const { line } = parser;
  if (!/^(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|(?:-[ \t]*){3,})$/.test(line.text)) return "none";
  parser.closeUnmatched();
  parser.addChild("rule");
  line.skipAll();
  return "leaf";
};

const listItem: Start = (parser, container) => {
  if (!parser.hasRoom(container)) return "none";
  const marker = readMarker(parser, container);
  if (!marker) return "none";
  parser.closeUnmatched();
  if (parser.tip.type !== "list" || parser.tip.marker?.sign !== marker.sign) {
    parser.addChild("list").marker = marker;
  }
  parser.addChild("item").marker = marker;
  return "container";
};

/** Read a list marker and go behind it and its spaces, or stay where the line was. */
function readMarker({ line }: BlockParser, container: Block): Marker | null {
  const found = /^(?:([*+-])|(\d{1,9})([.)]))(?=[ \t]|$)/.exec(line.text);
  if (!found) return null;
  const start = Number(found[2] ?? 0);
  const width = found[0].length;
  if (container.type === "paragraph") {
    // Only what surely is a list interrupts a paragraph.
    if (found[2] !== undefined && start !== 1) return null;
    if (!/[^ \t]/.test(line.text.slice(width))) return null;
  }
  const offset = line.indent;
  line.skipSpace();
  line.skip(width);
  const back = line.mark();
  const column = line.column;
  do line.skipColumns(1);
  while (line.column - column < 5 && line.atSpace());
  const spaces = line.column - column;
  const blank = line.offset >= line.source.length;
  let padding = width + spaces;
  if (spaces >= 5 || spaces < 1 || blank) {
    padding = width + 1;
    back();
    if (line.atSpace()) line.skipColumns(1);
  }
  const sign = found[1] ?? found[3] ?? "";
  return { sign, ordered: found[2] !== undefined, start, offset, padding };
}

const indentedCode: Start = (parser) => {
  const { line } = parser;
  if (parser.tip.type === "paragraph") return "none";
  line.skipColumns(4);
  parser.closeUnmatched();
  parser.addChild("code");
  return "leaf";
};

const table: Start = (parser, container) => {
  const { line } = parser;
  // A paragraph of definitions only is no head; a setext underline has just taken them off.
  if (container.type !== "paragraph" || container.text === "") return "none";
  const alignments = delimiterRow(line.text);
  if (!alignments) return "none";
  const text = container.text.slice(0, -1);
  const lastLine = text.lastIndexOf("\n") + 1;
  const header = splitRow(text.slice(lastLine));
  if (header.length !== alignments.length) return "none";
  let block: Block;
  if (lastLine === 0) {
    block = parser.replaceLast(container, "table");
  } else {
    container.text = container.text.slice(0, lastLine);
    parser.finalize(container, parser.lineNumber - 2);
    block = parser.addChild("table", parser.lineNumber - 1);
  }
  block.cells = header;
  block.alignments = alignments;
  line.skipAll();
  return "leaf";
};

const footnote: Start = (parser, container) => {
  const { line } = parser;
  if (!parser.syntax.footnotes || !parser.hasRoom(container)) return "none";
  const found = /^\[\^([^\s[\]\\]{1,100})\]:/.exec(line.text);
  if (!found) return "none";
  parser.closeUnmatched();
  const label = found[1] ?? "";
  parser.addChild("footnote").text = label;
  parser.defineFootnote(label);
  line.skipSpace();
  line.skip(found[0].length);
  return "container";
};

/** Each with the characters that it begins with; " " stands for an indented one. */
export const STARTS: readonly (readonly [Start, string])[] = [
  [quote, ">"],
  [atxHeading, "#"],
  [fencedCode, "`~"],
  [setextHeading, "=-"],
  [rule, "*_-"],
  [listItem, "*+-0123456789"],
  [indentedCode, " "],
  [table, "|:-"],
  [footnote, "["],
];
