/** GFM table rows: how a line is split into cells, and what a delimiter row says. */
import type { Alignment } from "./tree.ts";

const DELIMITER_ROW = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

/** The columns' alignments, or null when `line` is no delimiter row. */
export function delimiterRow(line: string): Alignment[] | null {
  if (!DELIMITER_ROW.test(line)) return null;
  return splitRow(line).map((cell) => {
    const left = cell.startsWith(":");
    const right = cell.endsWith(":");
    return left && right ? "center" : left ? "left" : right ? "right" : "";
  });
}

/** A row's cells, trimmed. `\|` is a bar inside a cell, in code too; `\\|` is a backslash before a cell's end. */
export function splitRow(line: string): string[] {
  const row = line.trim();
  const cells: string[] = [];
  let cell = "";
  let from = row.startsWith("|") ? 1 : 0;
  for (let i = from; i < row.length; i++) {
    const c = row.charCodeAt(i);
    if (c === 92) {
      if (row.charCodeAt(i + 1) === 124) {
        cell += row.slice(from, i);
        from = i + 1;
      }
      i++;
    } else if (c === 124) {
      cells.push((cell + row.slice(from, i)).trim());
      cell = "";
      from = i + 1;
    }
  }
  cell += row.slice(from);
  if (cell.trim() !== "" || cells.length === 0) cells.push(cell.trim());
  return cells;
}
