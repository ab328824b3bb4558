/**
 * Inline nodes into DOM nodes, reusing what stands there.
 *
 * - Neighbouring text nodes of the tree become one DOM text node.
 * - Nothing is made from an HTML string, and no attribute but those named here is ever set.
 */
import { createElement } from "./element.ts";
import type { Inline } from "./inline-tree.ts";
import type { SafePoint } from "./parsed.ts";
import type { Renderers } from "./renderers.ts";
import { setContent, setText } from "./selection.ts";
import { imageHost } from "./url.ts";
import { noteName, visible, visibleCode } from "./visible.ts";

/** Elements nested deeper than this are drawn as text: layout must survive `**a **a **a ...`. */
const MAX_DEPTH = 60;

/** Where the drawing of a leaf goes on: behind `node`, or if that is text that goes on itself, behind its `text`. */
export interface Frozen {
  readonly node: ChildNode | null;
  /** What of a text node is frozen; null: the whole node. */
  readonly text: string | null;
}

export function draw(
  parent: Node,
  frozen: Frozen,
  root: Inline,
  safe: SafePoint | null,
  renderers: Renderers,
): Frozen | null {
  return new Drawing(parent, frozen, safe, renderers, 0).draw(root);
}

class Drawing {
  private cursor: ChildNode | null;
  private run = "";
  private hasRun = false;
  private safeInRun = -1;
  private found: Frozen | null = null;

  constructor(
    private readonly parent: Node,
    frozen: Frozen,
    private readonly safe: SafePoint | null,
    private readonly renderers: Renderers,
    private readonly depth: number,
  ) {
    if (frozen.text !== null) {
      this.cursor = frozen.node;
      this.run = frozen.text;
      this.hasRun = true;
    } else {
      this.cursor = frozen.node ? frozen.node.nextSibling : parent.firstChild;
    }
  }

  draw(root: Inline): Frozen | null {
    for (let node = root.first; node; node = node.next) {
      const isSafe = this.safe?.node === node;
      if (node.kind === "text" || (this.depth >= MAX_DEPTH && node.kind !== "break")) {
        if (isSafe) this.safeInRun = this.run.length + (this.safe?.length ?? 0);
        this.run += visible(node.kind === "text" ? node.text : node.plain());
        this.hasRun = true;
        continue;
      }
      this.placeRun();
      const element = this.place(node);
      if (isSafe) this.found = { node: element, text: null };
    }
    this.placeRun();
    while (this.cursor) {
      const next: ChildNode | null = this.cursor.nextSibling;
      this.cursor.remove();
      this.cursor = next;
    }
    return this.found;
  }

  private placeRun(): void {
    if (!this.hasRun) return;
    const data = this.run;
    this.run = "";
    this.hasRun = false;
    if (data === "") return;
    const cursor = this.cursor;
    let text: Text;
    if (cursor?.nodeType === Node.TEXT_NODE) {
      text = cursor as Text;
      setText(text, data);
      this.cursor = text.nextSibling;
    } else {
      text = document.createTextNode(data);
      this.parent.insertBefore(text, cursor);
    }
    if (this.safeInRun >= 0) this.found = { node: text, text: data.slice(0, this.safeInRun) };
    this.safeInRun = -1;
  }

  /** Draw a node that is no text, into the element at the cursor if it is of the same kind. */
  private place(node: Inline): ChildNode {
    const shape = shapeOf(node);
    const cursor = this.cursor;
    if (
      cursor instanceof HTMLElement &&
      cursor.localName === shape.tag &&
      cursor.className === shape.className
    ) {
      this.cursor = cursor.nextSibling;
      this.fill(cursor, node);
      return cursor;
    }
    // The reader has loaded the image.
    if (
      node.kind === "image" &&
      cursor instanceof HTMLImageElement &&
      cursor.getAttribute("src") === node.href
    ) {
      this.cursor = cursor.nextSibling;
      return cursor;
    }
    const element = createElement(shape.tag, shape.className);
    this.fill(element, node);
    this.parent.insertBefore(element, cursor);
    if (cursor instanceof HTMLElement) {
      this.cursor = cursor.nextSibling;
      cursor.remove();
    }
    return element;
  }

  private fill(element: HTMLElement, node: Inline): void {
    switch (node.kind) {
      case "break":
        return;
      case "code":
        setContent(element, visibleCode(node.text));
        return;
      case "math":
        this.renderers.drawMath(element, node.text, node.display, !node.open);
        return;
      case "note":
        fillNote(element, node.text);
        return;
      case "image":
        fillImage(element, node);
        return;
      case "link":
        fillLink(element, node, this.renderers);
        break;
    }
    new Drawing(element, { node: null, text: null }, null, this.renderers, this.depth + 1).draw(node);
  }
}

function shapeOf(node: Inline): { tag: string; className: string } {
  switch (node.kind) {
    case "break":
      return { tag: "br", className: "" };
    case "link":
      return { tag: "a", className: "" };
    case "image":
      if (node.href === null) return { tag: "span", className: "ipytalk-image-source" };
      return imageHost(node.href) === null
        ? { tag: "span", className: "ipytalk-image-blocked" }
        : { tag: "button", className: "ipytalk-image" };
    case "math":
      return { tag: "span", className: node.display ? "ipytalk-math ipytalk-math-display" : "ipytalk-math" };
    case "note":
      return { tag: "sup", className: "ipytalk-note" };
    default:
      return { tag: node.kind, className: "" };
  }
}

function setAttribute(element: HTMLElement, name: string, value: string | null): void {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

function fillLink(element: HTMLElement, { href, title }: Inline, renderers: Renderers): void {
  const allowed = href !== null && renderers.allows(href);
  setAttribute(element, "href", allowed ? href : null);
  setAttribute(element, "rel", allowed ? "noopener noreferrer" : null);
  setAttribute(element, "target", allowed && !href.startsWith("#") ? "_blank" : null);
  setAttribute(element, "title", title ? visible(title) : null);
}

function fillNote(element: HTMLElement, label: string): void {
  let link = element.firstElementChild as HTMLElement | null;
  if (!link) {
    link = createElement("a");
    element.append(link);
  }
  // Followed by a listener: no id is made from the model's text.
  setAttribute(link, "href", "#");
  setAttribute(link, "role", "doc-noteref");
  setContent(link, noteName(label));
}

/** An image is asked for only by a click: its address could carry data out. */
function fillImage(element: HTMLElement, node: Inline): void {
  const alt = visible(node.plain());
  const host = node.href === null ? null : imageHost(node.href);
  setAttribute(element, "title", node.title ? visible(node.title) : null);
  if (host === null) {
    setContent(element, node.href === null ? "" : alt);
    return;
  }
  setAttribute(element, "type", "button");
  setAttribute(element, "data-src", node.href);
  setAttribute(element, "data-alt", alt);
  const from = host === "" ? "Load image" : `Load image from ${host}`;
  setContent(element, alt ? `${alt} (${from})` : from);
}
