/**
 * A table: head and rows in a box that scrolls.
 *
 * Rows are final once their line is complete; the last row's last cell is drawn while it is typed.
 */
import { createElement } from "./element.ts";
import { Leaf, type LeafContext } from "./leaf.ts";
import type { Block } from "./tree.ts";
import type { BlockView } from "./view.ts";

export class TableView implements BlockView {
  readonly kind = "table";
  readonly element = createElement("div", "ipytalk-table");
  private readonly table = createElement("table");
  private readonly head: Row;
  private body: HTMLElement | null = null;
  private drawn = 0;
  private typed: Row | null = null;
  tail: HTMLElement;

  constructor(
    block: Block,
    private readonly context: LeafContext,
  ) {
    this.element.tabIndex = 0; // a box that scrolls must be reachable by keyboard
    const head = createElement("thead");
    this.head = new Row("th", block, this.context);
    this.head.update(block.cells, false);
    head.append(this.head.element);
    this.table.append(head);
    this.element.append(this.table);
    this.tail = this.head.tail;
  }

  update(table: Block): void {
    const rows = table.children;
    for (let i = this.drawn; i < rows.length; i++) {
      const block = rows[i] as Block;
      const row = this.typed ?? this.addRow(table);
      row.update(block.cells, block.partial);
      this.tail = row.tail;
      this.typed = block.final ? null : row;
      if (block.final) {
        this.drawn++;
        block.cells = [];
      }
    }
    if (this.typed && this.drawn === rows.length) this.dropTyped();
  }

  private addRow(table: Block): Row {
    if (!this.body) {
      this.body = createElement("tbody");
      this.table.append(this.body);
    }
    const row = new Row("td", table, this.context);
    this.body.append(row.element);
    return row;
  }

  private dropTyped(): void {
    this.typed?.element.remove();
    this.typed = null;
    if (this.body && !this.body.firstChild) {
      this.body.remove();
      this.body = null;
    }
  }
}

class Row {
  readonly element = createElement("tr");
  private readonly cells: Leaf[] = [];
  tail: HTMLElement = this.element;

  constructor(tag: "th" | "td", table: Block, context: LeafContext) {
    for (const alignment of table.alignments) {
      const cell = createElement(tag);
      if (alignment) cell.setAttribute("align", alignment);
      this.element.append(cell);
      this.cells.push(new Leaf(cell, context));
    }
  }

  update(cells: readonly string[], partial: boolean): void {
    const last = cells.length - 1;
    for (const [i, leaf] of this.cells.entries()) {
      leaf.update(cells[i] ?? "", partial && i === last);
      if (i === Math.max(0, Math.min(last, this.cells.length - 1))) this.tail = leaf.element;
    }
  }
}
