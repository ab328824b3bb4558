/**
 * Block tree → DOM, at the frontier only.
 *
 * - Each container keeps how many of its children are final; a sync looks at the children from there on, which are two or
 *   three whatever the container's size.
 * - A child becomes final only when the parser made it so, with a complete line; then its view is never asked again.
 * - Views belong to positions, not to blocks: a speculated paragraph and the complete one that follows it are two blocks
 *   and one `<p>`.
 * - Blocks that draw nothing (a paragraph of definitions) have no view.
 */
import { CodeView } from "./code.ts";
import { createElement } from "./element.ts";
import { TableView } from "./grid.ts";
import { Leaf, type LeafContext } from "./leaf.ts";
import { scanDefinitions } from "./links.ts";
import { sureLength } from "./speculation.ts";
import type { Block } from "./tree.ts";
import { noteName } from "./visible.ts";

export interface BlockView {
  readonly kind: string;
  readonly element: HTMLElement;
  update(block: Block): void;
  /** The innermost block-level element that holds the last character, if that isn't `element`. */
  readonly tail?: HTMLElement;
}

export interface ViewContext extends LeafContext {
  /** The line that is being typed is held back: the last line of an open paragraph may become a table's head. */
  holding: boolean;
  believes: boolean;
  /** Takes more of the line that is being typed, where no block can start or end in it any more. */
  typed?: { type(more: string): void } | undefined;
  /** Code views, to be coloured when the highlighter comes. */
  readonly codes: CodeView[];
}

/** Finished top-level blocks stand in plain divs of this many: layout visits all siblings of what changed. */
const GROUP = 32;
const TASK = /^\[([ xX])\](?=[ \t\n])[ \t\n]*/;

/** A definition, a footnote or a task may come of it: a bracket at the start of a paragraph or of its last line. */
const BRACKET = /^\[|\n\[.*$/;

/** A formula's opener alone: drawn once there is something to draw. */
const BARE_OPENER = /^(?:\$\$|\\\[)\s*\\?$/;

/** What is drawn of a paragraph: without the definitions at its start, and without what may become a table. */
function paragraphText(block: Block, context: ViewContext): string {
  if (!block.open) return block.text;
  let text = block.text;
  if (text.charCodeAt(0) === 91) text = text.slice(scanDefinitions(text));
  if (block.math && BARE_OPENER.test(text)) return "";
  if (context.holding && text !== "") text = text.slice(0, sureLength(text));
  return text;
}

/** The blocks that an element shows: the document's in the root, or another block's own. */
export class Children {
  private done = 0;
  private placed = 0;
  private readonly open: BlockView[] = [];
  private settled: BlockView | null = null;

  constructor(
    private readonly element: HTMLElement,
    private readonly context: ViewContext,
    private readonly grouped = false,
  ) {}

  get tail(): HTMLElement {
    const { last } = this;
    return last?.tail ?? last?.element ?? this.element;
  }

  /** The view that holds the last character. */
  private get last(): BlockView | null {
    return this.open[this.open.length - 1] ?? this.settled;
  }

  sync(parent: Block): void {
    const { children } = parent;
    let position = 0;
    let settled = 0;
    for (let i = this.done; i < children.length; i++) {
      const child = children[i] as Block;
      this.context.typed = undefined;
      const isEmpty = child.type === "paragraph" && paragraphText(child, this.context) === "";
      if (!isEmpty) this.drawAt(position++, child);
      if (child.final) {
        child.release();
        this.done++;
        settled = position;
      }
    }
    while (this.open.length > position) this.drop(this.open.pop());
    this.settled = this.open[settled - 1] ?? this.settled;
    this.open.splice(0, settled);
    this.placed += settled;
  }

  private drawAt(position: number, block: Block): void {
    const kind = kindOf(block);
    const view = this.open[position];
    if (view?.kind !== kind) {
      const fresh = createView(kind, block, this.context);
      fresh.update(block);
      if (view) view.element.replaceWith(fresh.element);
      else this.hostAt(this.placed + position).append(fresh.element);
      this.open[position] = fresh;
    } else {
      view.update(block);
    }
  }

  private drop(view: BlockView | undefined): void {
    const host = view?.element.parentElement;
    view?.element.remove();
    if (host !== this.element && !host?.firstChild) host?.remove();
  }

  private hostAt(index: number): Element {
    if (!this.grouped) return this.element;
    const group = Math.floor(index / GROUP);
    const host = this.element.children[group];
    if (host) return host;
    const fresh = createElement("div");
    this.element.append(fresh);
    return fresh;
  }
}

function kindOf(block: Block): string {
  if (block.type === "heading") return `h${block.level}`;
  if (block.type === "list") return block.marker?.ordered ? "ol" : "ul";
  return block.type;
}

function createView(kind: string, block: Block, context: ViewContext): BlockView {
  switch (block.type) {
    case "paragraph":
      return new TextView(kind, createElement("p"), context);
    case "heading":
      return new TextView(kind, createElement(kind), context);
    case "rule":
      return { kind, element: createElement("hr"), update() {} };
    case "code": {
      const view = new CodeView(context);
      context.codes.push(view);
      return view;
    }
    case "table":
      return new TableView(block, context);
    case "footnote":
      return createFootnote(block, context);
    case "list":
      return new ListView(kind, createElement(kind), context);
    case "item":
      return new ItemView(kind, createElement("li"), context);
    default:
      return new ContainerView(kind, createElement("blockquote"), context);
  }
}

class TextView implements BlockView {
  private leaf: Leaf | null = null;
  private box: HTMLInputElement | null = null;
  private text!: string;

  constructor(
    readonly kind: string,
    readonly element: HTMLElement,
    private readonly context: ViewContext,
  ) {}

  update(block: Block): void {
    const isParagraph = block.type === "paragraph";
    let text = isParagraph ? paragraphText(block, this.context) : block.text;
    const isFirst = isParagraph && block.parent?.type === "item" && block.parent.children[0] === block;
    const task = isFirst ? TASK.exec(text) : null;
    if (!this.leaf || (task !== null) !== (this.box !== null)) this.start(task !== null);
    if (task) {
      text = text.slice(task[0].length);
      if (this.box) setChecked(this.box, task[1] !== " ");
    }
    if (isParagraph && !this.context.holding && !BRACKET.test(block.text)) this.context.typed = this;
    this.text = text;
    const open = isParagraph ? block.open : block.partial;
    this.leaf?.update(open ? text : trimEnd(text), open);
  }

  type(more: string): void {
    this.text += more;
    this.leaf?.update(this.text, true);
  }

  private start(isTask: boolean): void {
    this.element.replaceChildren();
    this.box = null;
    if (isTask) {
      this.box = createElement("input");
      this.box.type = "checkbox";
      this.box.disabled = true;
      this.element.append(this.box, " ");
    }
    this.leaf = new Leaf(this.element, this.context, this.element.lastChild);
  }
}

function setChecked(box: HTMLInputElement, checked: boolean): void {
  box.toggleAttribute("checked", checked);
  box.setAttribute("aria-label", checked ? "done" : "to do");
}

/** Without the white space at the end that Markdown drops; a no-break space stays. */
function trimEnd(text: string): string {
  return text.replace(/[ \t\n]+$/, "");
}

/** A block that holds blocks: in its element, or in `host`, which stands in that. */
class ContainerView implements BlockView {
  private readonly children: Children;

  constructor(
    readonly kind: string,
    readonly element: HTMLElement,
    context: ViewContext,
    host = element,
  ) {
    this.children = new Children(host, context);
  }

  get tail(): HTMLElement {
    return this.children.tail;
  }

  update(block: Block): void {
    this.children.sync(block);
  }
}

class ItemView extends ContainerView {
  private isTask = false;

  override update(block: Block): void {
    super.update(block);
    // For the style sheet: a `:has()` would be looked at again at every change.
    const isTask = this.element.firstElementChild?.firstChild instanceof HTMLInputElement;
    if (isTask !== this.isTask) this.element.toggleAttribute("data-task", isTask);
    this.isTask = isTask;
  }
}

/** Items always hold paragraphs; a tight list only looks otherwise, so that turning loose is one attribute. */
class ListView extends ContainerView {
  private tight: boolean | null = null;

  override update(block: Block): void {
    super.update(block);
    if (this.tight === !block.loose) return;
    if (this.tight === null && block.marker?.ordered && block.marker.start !== 1) {
      this.element.setAttribute("start", String(block.marker.start));
    }
    this.tight = !block.loose;
    this.element.toggleAttribute("data-tight", this.tight);
  }
}

/** A footnote's text, where it was written. References find it by its label; no id is made from it. */
function createFootnote(block: Block, context: ViewContext): BlockView {
  const element = createElement("div", "ipytalk-footnote");
  element.setAttribute("role", "doc-footnote");
  const label = createElement("sup");
  label.textContent = noteName(block.text);
  const body = createElement("div");
  element.append(label, body);
  return new ContainerView("footnote", element, context, body);
}
