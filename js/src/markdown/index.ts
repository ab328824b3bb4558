/**
 * Markdown, drawn while it streams: `createMarkdownStream(root).write(chunk)`, then `end()`.
 *
 * What is drawn after `end()` is the same whatever the chunks were. The root gets the class `ipytalk-markdown`; nothing in
 * it comes from an HTML string, no request leaves it by itself, and it knows nothing of a chat.
 */
import "./markdown.css";
import { BlockParser } from "./blocks.ts";
import { listen } from "./clicks.ts";
import type { Leaf } from "./leaf.ts";
import { type Highlighter, type MathRenderer, Renderers } from "./renderers.ts";
import { noteSelection } from "./selection.ts";
import { Source } from "./source.ts";
import { mustHold, speculate } from "./speculation.ts";
import { SHIPPED, SPEC } from "./syntax.ts";
import { isAllowed } from "./url.ts";
import { Children, type ViewContext } from "./view.ts";

export type { Highlighter, MathRenderer, Token } from "./renderers.ts";

/** What may come later than the text; see `enhance`. */
export interface Enhancements {
  readonly math?: MathRenderer;
  readonly highlight?: Highlighter;
}

export interface MarkdownOptions extends Enhancements {
  /** Told once for each enhancement that the text would show and the stream doesn't have: see `enhance`. */
  readonly onNeed?: (need: keyof Enhancements) => void;
  /** The specification's syntax and nothing else; links may have any scheme. For tests. */
  readonly spec?: boolean;
}

export interface MarkdownStream {
  /** Add source text. A chunk may end anywhere, in the middle of a character too. Ignored after `end()`. */
  write(chunk: string): void;
  /** The text is complete: draw all of it as it is. */
  end(): void;
  /** Give the stream a math renderer or a highlighter; what is drawn already is drawn again with it. */
  enhance(enhancements: Enhancements): void;
  /**
   * The innermost block element (a paragraph, a cell, a span of code lines) that holds the last drawn character. Until
   * `end()` it carries the attribute `data-ipytalk-tail`, so that CSS can draw a cursor there with `::after`.
   */
  tail(): HTMLElement;
}

const TAIL = "data-ipytalk-tail";

export function createMarkdownStream(root: HTMLElement, options: MarkdownOptions = {}): MarkdownStream {
  const source = new Source();
  const waiting = new Map<string, Set<Leaf>>();
  const stale = new Set<Leaf>();
  const renderers = new Renderers(options.spec ? () => true : isAllowed);
  renderers.math = options.math ?? null;
  renderers.highlight = options.highlight ?? null;
  renderers.onNeed = options.onNeed ?? null;
  const parser = new BlockParser(options.spec ? SPEC : SHIPPED, (label) => {
    for (const leaf of waiting.get(label) ?? []) stale.add(leaf);
    waiting.delete(label);
  });
  let ended = false;
  const context: ViewContext = {
    syntax: parser.syntax,
    renderers,
    codes: [],
    holding: false,
    link: (label) => parser.definitions.get(label),
    hasNote: (label) => parser.footnotes.has(label),
    believes: true,
    wait: (leaf, labels) => {
      for (const label of labels) {
        const leaves = waiting.get(label);
        if (leaves) leaves.add(leaf);
        else waiting.set(label, new Set([leaf]));
      }
    },
  };
  const view = new Children(root, context, true);
  let marked: HTMLElement | null = null;

  root.classList.add("ipytalk-markdown");
  listen(root);

  function sync(holding: boolean): void {
    context.holding = holding;
    view.sync(parser.document);
    if (source.bidi) root.setAttribute("data-bidi", "");
    markTail(ended ? null : view.tail);
  }

  function markTail(tail: HTMLElement | null): void {
    if (tail === marked) return;
    marked?.removeAttribute(TAIL);
    tail?.setAttribute(TAIL, "");
    marked = tail;
  }

  function redrawStale(): void {
    for (const leaf of stale) leaf.redraw();
    stale.clear();
  }

  return {
    write(chunk) {
      if (ended) return;
      noteSelection(root);
      const drawn = source.partial.length;
      const lines = source.push(chunk);
      const { partial } = source;
      const { typed } = context;
      // Most chunks go on with a line of text or of code: its blocks are looked at only once.
      if (typed && lines.length === 0 && !source.bidi) {
        typed.type(partial.slice(drawn));
        return;
      }
      for (const line of lines) parser.add(line);
      if (partial === "" || mustHold(parser, partial)) sync(true);
      else speculate(parser, partial, () => sync(false));
      redrawStale();
    },
    end() {
      if (ended) return;
      noteSelection(root);
      source.close();
      if (source.partial !== "") parser.add(source.partial);
      parser.close();
      ended = true;
      // What was believed and never defined is text.
      context.believes = false;
      for (const leaves of waiting.values()) for (const leaf of leaves) stale.add(leaf);
      sync(false);
      redrawStale();
    },
    enhance({ math, highlight }) {
      noteSelection(root);
      if (math) {
        renderers.math = math;
        renderers.upgradeMath(root);
      }
      if (highlight) {
        renderers.highlight = highlight;
        for (const code of context.codes) code.upgrade();
      }
    },
    tail: () => view.tail,
  };
}
