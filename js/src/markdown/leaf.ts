/**
 * One paragraph's, heading's or cell's inline content in the DOM.
 *
 * - What stands before the safe point is never parsed or touched again, as long as the new source starts with the same
 *   text; if it doesn't (a definition was taken off, a cell was split otherwise), all is drawn anew.
 * - Words behind the safe point need no parser: they go on in the text node that holds it.
 * - A long suffix without a safe point (an opener that never closes) is redrawn only after it grew by 1/64, a huge one by
 *   1/8: linear cost for hostile input, and nobody sees the difference.
 */
import { draw, type Frozen } from "./draw.ts";
import { parseInline } from "./inline.ts";
import type { References } from "./parsed.ts";
import type { Renderers } from "./renderers.ts";
import { setText } from "./selection.ts";

const LONG_SUFFIX = 2048;
const HUGE_SUFFIX = 16_384;
/** A text node longer than this is frozen as a whole, and the text goes on in a new one. */
const LONG_TEXT = 2048;

/** Nothing but words: no markup, no line end, no address and no start of one. */
const WORDS = /^(?!.*ww)[\da-z .,;?'"()-]{0,999}(?<![ (]ht\w*)$/i;

export interface LeafContext extends References {
  readonly renderers: Renderers;
  /** Redraw `leaf` when one of the labels is defined. */
  wait(leaf: Leaf, labels: ReadonlySet<string>): void;
}

export class Leaf {
  private source = "";
  private safeAt = 0;
  private frozen: Frozen;
  private open = true;

  /** Content goes into `element`, behind `head` if there is one (a task's box). */
  constructor(
    readonly element: HTMLElement,
    private readonly context: LeafContext,
    private readonly head: ChildNode | null = null,
  ) {
    this.frozen = { node: head, text: null };
  }

  /** `open`: more text may follow. */
  update(source: string, open: boolean): void {
    if (source === this.source && open === this.open) return;
    // An image's button may have become the image meanwhile.
    const isGone = this.frozen.node?.parentNode === null;
    if (isGone || !source.startsWith(this.source.slice(0, this.safeAt))) this.reset();
    const suffix = source.length - this.safeAt;
    const step = suffix > HUGE_SUFFIX ? suffix / 8 : suffix / 64;
    if (open && suffix > LONG_SUFFIX && source.length - this.source.length < step) return;
    this.source = source;
    this.open = open;
    this.drawSuffix();
  }

  /** Draw all of it again: a definition has come. */
  redraw(): void {
    this.reset();
    this.drawSuffix();
  }

  private reset(): void {
    this.safeAt = 0;
    this.frozen = { node: this.head, text: null };
  }

  private drawSuffix(): void {
    const { node, text } = this.frozen;
    const suffix = this.source.slice(this.safeAt);
    if (text !== null && !node?.nextSibling && WORDS.test(suffix)) {
      setText(node as Text, text + suffix);
      return;
    }
    const { root, safe, misses } = parseInline(this.source, this.safeAt, this.open, this.context);
    this.splitLongText();
    const frozen = draw(this.element, this.frozen, root, safe, this.context.renderers);
    if (safe && (frozen || safe.node === null)) {
      this.safeAt = safe.at;
      if (frozen) this.frozen = frozen;
    }
    if (misses.size > 0) this.context.wait(this, misses);
  }

  private splitLongText(): void {
    const { node, text } = this.frozen;
    if (text === null || text.length < LONG_TEXT) return;
    if (text.length < (node as Text).length) (node as Text).splitText(text.length);
    this.frozen = { node, text: null };
  }
}
