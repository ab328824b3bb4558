/** Draw Markdown, and bring a drawing and a reference's HTML into one form that can be compared. */
import { createMarkdownStream, type MarkdownOptions } from "../../src/markdown/index.ts";

/** Draw the chunks; the root is not in the document. */
export function draw(parts: Iterable<string>, options?: MarkdownOptions): HTMLElement {
  const root = document.createElement("div");
  const stream = createMarkdownStream(root, options);
  for (const part of parts) stream.write(part);
  stream.end();
  root.normalize();
  return root;
}

const BLOCKS = new Set(
  "div p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre hr table thead tbody tr th td".split(" "),
);

/** The drawing as the specification would write it: our wrappers, buttons and safety attributes taken off. */
export function asSpecified(root: HTMLElement): string {
  const copy = root.cloneNode(true) as HTMLElement;
  for (const header of copy.querySelectorAll(".ipytalk-code-header")) header.remove();
  for (const code of copy.querySelectorAll("pre > code")) code.replaceChildren(code.textContent ?? "");
  for (const pre of copy.querySelectorAll("pre")) pre.removeAttribute("tabindex");
  for (const wrapper of copy.querySelectorAll(".ipytalk-code, .ipytalk-table")) unwrap(wrapper);
  for (const item of copy.querySelectorAll("[data-task]")) item.removeAttribute("data-task");
  for (const box of copy.querySelectorAll("input")) box.removeAttribute("aria-label");
  for (const list of copy.querySelectorAll("[data-tight]")) {
    list.removeAttribute("data-tight");
    for (const paragraph of list.querySelectorAll(":scope > li > p")) unwrap(paragraph);
  }
  for (const link of copy.querySelectorAll("a"))
    for (const name of ["rel", "target"]) link.removeAttribute(name);
  for (const button of copy.querySelectorAll(".ipytalk-image")) {
    const image = copy.ownerDocument.createElement("span");
    for (const [name, from] of [
      ["src", "data-src"],
      ["alt", "data-alt"],
      ["title", "title"],
    ] as const) {
      const value = button.getAttribute(from);
      if (value !== null) image.setAttribute(name, value);
    }
    button.replaceWith(image);
  }
  for (const group of [...copy.children]) unwrap(group);
  return serialize(copy);
}

/** A reference's HTML in the same form. It is parsed in a template, where nothing loads or runs. */
export function asReference(html: string): string {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const image of template.content.querySelectorAll("img")) {
    const span = document.createElement("span");
    for (const { name, value } of image.attributes) span.setAttribute(name, value);
    image.replaceWith(span);
  }
  // A paragraph of definitions before a setext underline leaves an empty one there.
  for (const paragraph of template.content.querySelectorAll("p:empty")) paragraph.remove();
  return serialize(template.content);
}

function unwrap(element: Element): void {
  element.replaceWith(...element.childNodes);
}

function isBlock(node: Node | null): boolean {
  return node instanceof Element && BLOCKS.has(node.localName);
}

function serialize(node: Node): string {
  node.normalize();
  let text = "";
  for (const child of node.childNodes)
    text += child instanceof Element ? serializeElement(child) : childText(child);
  return text;
}

function serializeElement(element: Element): string {
  const attributes = [...element.attributes]
    .map(({ name, value }) => ` ${name}=${JSON.stringify(value)}`)
    .sort();
  return `<${element.localName}${attributes.join("")}>${serialize(element)}</${element.localName}>`;
}

/** White space at a block's edges and behind a line break is the reference renderer's layout, not content. */
function childText(node: Node): string {
  let text = node.textContent ?? "";
  if (node.parentElement?.closest("pre")) return text;
  const { previousSibling: before, nextSibling: after, parentNode: parent } = node;
  const startsBlock = before ? isBlock(before) : isBlock(parent) || parent instanceof DocumentFragment;
  const endsBlock = after ? isBlock(after) : isBlock(parent) || parent instanceof DocumentFragment;
  if (startsBlock || (before instanceof Element && before.localName === "br"))
    text = text.replace(/^[ \n]+/, "");
  if (endsBlock) text = text.replace(/[ \n]+$/, "");
  return text;
}
