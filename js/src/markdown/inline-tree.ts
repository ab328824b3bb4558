/** The inline tree: what a paragraph, a heading or a cell holds. Siblings and parents are linked both ways. */
export type InlineKind =
  | "root"
  | "text"
  | "code"
  | "em"
  | "strong"
  | "del"
  | "link"
  | "image"
  | "break"
  | "math"
  | "note";

export class Inline {
  parent: Inline | null = null;
  prev: Inline | null = null;
  next: Inline | null = null;
  first: Inline | null = null;
  last: Inline | null = null;
  /** A link's or an image's destination; null while it isn't known. */
  href: string | null = null;
  title = "";
  /** Of math: on a line of its own; its end hasn't come yet. */
  display = false;
  open = false;

  constructor(
    readonly kind: InlineKind,
    public text = "",
  ) {}

  append(node: Inline): void {
    node.parent = this;
    node.prev = this.last;
    node.next = null;
    if (this.last) this.last.next = node;
    else this.first = node;
    this.last = node;
  }

  insertAfter(node: Inline): void {
    node.parent = this.parent;
    node.prev = this;
    node.next = this.next;
    if (this.next) this.next.prev = node;
    else if (this.parent) this.parent.last = node;
    this.next = node;
  }

  remove(): void {
    if (this.prev) this.prev.next = this.next;
    else if (this.parent) this.parent.first = this.next;
    if (this.next) this.next.prev = this.prev;
    else if (this.parent) this.parent.last = this.prev;
    this.parent = null;
    this.prev = null;
    this.next = null;
  }

  /** Take the siblings between two nodes (up to the end, without `to`) as children. */
  takeBetween(from: Inline, to: Inline | null): void {
    for (let node = from.next; node && node !== to; ) {
      const next: Inline | null = node.next;
      node.remove();
      this.append(node);
      node = next;
    }
  }

  /** The text of all that is inside. Without recursion: ten thousand openers may stand in one another. */
  plain(): string {
    let text = "";
    const nodes: Inline[] = [this];
    for (let node = nodes.pop(); node; node = nodes.pop()) {
      text += node.kind === "break" ? "\n" : node.text;
      for (let child = node.last; child; child = child.prev) nodes.push(child);
    }
    return text;
  }
}
