/**
 * Delimiter runs (`*`, `_`, `~`) and how they pair up into emphasis, strong and deleted text.
 *
 * - `pair` is the specification's "process emphasis". It is run on closers as they come while no bracket is open, which
 *   matches as one run at the end would: a closer looks at what stands before it only.
 * - A run that is left on the stack may still open something. An empty stack makes a safe point possible (inline.ts).
 */
import { Inline } from "./inline-tree.ts";

export interface Run {
  readonly node: Inline;
  readonly char: number;
  /** The run's length in the source; `left` of them are not used yet. */
  readonly length: number;
  left: number;
  readonly canOpen: boolean;
  readonly canClose: boolean;
  /** Behind an ASCII letter or digit: `2*3` is a product more often than emphasis. */
  readonly insideWord: boolean;
  readonly order: number;
  before: Run | null;
  after: Run | null;
}

const TILDE = 126;
const UNDERSCORE = 95;
/** More unclosed openers than this are noise. */
const MAX_GUESSES = 16;

export class Delimiters {
  top: Run | null = null;
  private count = 0;
  /** The first run that `pair` has not looked at as a closer. */
  private fresh: Run | null = null;
  private readonly floors: Array<Run | null> = [];

  push(node: Inline, text: string, at: number, length: number): void {
    const char = text.charCodeAt(at);
    const { canOpen, canClose } = flanks(text, at, length);
    if (!canOpen && !canClose) return;
    if (char === TILDE && length > 2) return;
    const run: Run = {
      node,
      char,
      length,
      left: length,
      canOpen,
      canClose,
      insideWord: /[A-Za-z0-9)\]]/.test(text.charAt(at - 1)),
      order: this.count++,
      before: this.top,
      after: null,
    };
    if (this.top) this.top.after = run;
    this.top = run;
    this.fresh ??= run;
  }

  /** Pair the runs that came since the last call. */
  pairFresh(): void {
    if (!this.fresh) return;
    this.pair(null, this.fresh, this.floors);
    this.fresh = null;
  }

  /** Pair the runs above `bottom` among themselves; what stays unpaired is taken off, unless `keep`. */
  pairAbove(bottom: Run | null, keep = false): void {
    const first = this.firstAbove(bottom);
    if (!first) return;
    if (this.fresh && this.fresh.order >= first.order) this.fresh = null;
    this.pair(bottom, first, []);
    if (!keep) this.cut(bottom);
  }

  cut(bottom: Run | null): void {
    this.top = bottom;
    if (bottom) bottom.after = null;
  }

  private firstAbove(bottom: Run | null): Run | null {
    if (bottom) return bottom.after;
    let run = this.top;
    while (run?.before) run = run.before;
    return run;
  }

  private remove(run: Run): void {
    if (run.before) run.before.after = run.after;
    if (run.after) run.after.before = run.before;
    else this.top = run.before;
  }

  private pair(bottom: Run | null, first: Run, floors: Array<Run | null>): void {
    let closer: Run | null = first;
    while (closer) {
      if (!closer.canClose) {
        closer = closer.after;
        continue;
      }
      // A closer of this kind that found nothing tells where the next one need not look.
      const kind = floorIndex(closer);
      const floor = floors[kind];
      let opener = closer.before;
      while (opener && opener !== bottom && opener !== floor && !matches(opener, closer))
        opener = opener.before;
      if (!opener || opener === bottom || opener === floor) {
        floors[kind] = closer.before;
        const next: Run | null = closer.after;
        if (!closer.canOpen) this.remove(closer);
        closer = next;
        continue;
      }
      const used = closer.char === TILDE ? closer.left : closer.left >= 2 && opener.left >= 2 ? 2 : 1;
      wrapBetween(opener.node, closer.node, closer.char === TILDE ? "del" : used === 2 ? "strong" : "em");
      opener.after = closer;
      closer.before = opener;
      use(opener, used);
      use(closer, used);
      if (opener.left === 0) this.remove(opener);
      if (closer.left === 0) {
        const next: Run | null = closer.after;
        this.remove(closer);
        closer = next;
      }
    }
  }

  /** Close what is still open above `bottom` at the end, as it will most probably be closed. */
  closeOpen(bottom: Run | null): void {
    let depth = 0;
    for (let run = this.top; run && run !== bottom && depth < MAX_GUESSES; run = run.before) {
      if (!run.canOpen || run.insideWord || run.left > 3 || !run.node.next) continue;
      if (run.char === TILDE && run.left !== 2) continue; // `~5` is "about 5" more often than struck out
      if (run.char === TILDE) wrapBetween(run.node, null, "del");
      else {
        if (run.left >= 2) wrapBetween(run.node, null, "strong");
        if (run.left !== 2) wrapBetween(run.node, null, "em");
      }
      run.node.text = "";
      depth++;
    }
  }
}

function use(run: Run, count: number): void {
  run.left -= count;
  run.node.text = run.node.text.slice(0, run.left);
  if (run.left === 0) run.node.remove();
}

function wrapBetween(opener: Inline, closer: Inline | null, kind: "em" | "strong" | "del"): void {
  const wrapper = new Inline(kind);
  wrapper.takeBetween(opener, closer);
  opener.insertAfter(wrapper);
}

function matches(opener: Run, closer: Run): boolean {
  if (opener.char !== closer.char || !opener.canOpen) return false;
  if (closer.char === TILDE) return opener.length === closer.length;
  const both = closer.canOpen || opener.canClose;
  return !(both && closer.length % 3 !== 0 && (opener.length + closer.length) % 3 === 0);
}

function floorIndex(closer: Run): number {
  const char = closer.char === TILDE ? 2 : closer.char === UNDERSCORE ? 1 : 0;
  return char * 6 + (closer.canOpen ? 3 : 0) + (closer.length % 3);
}

function flanks(text: string, at: number, length: number): { canOpen: boolean; canClose: boolean } {
  const before = characterBefore(text, at);
  const after = String.fromCodePoint(text.codePointAt(at + length) ?? 10);
  const spaceBefore = /\s/.test(before);
  const spaceAfter = /\s/.test(after);
  const markBefore = isPunctuation(before);
  const markAfter = isPunctuation(after);
  const left = !spaceAfter && (!markAfter || spaceBefore || markBefore);
  const right = !spaceBefore && (!markBefore || spaceAfter || markAfter);
  if (text.charCodeAt(at) !== UNDERSCORE) return { canOpen: left, canClose: right };
  return { canOpen: left && (!right || markBefore), canClose: right && (!left || markAfter) };
}

function characterBefore(text: string, at: number): string {
  if (at === 0) return "\n";
  const unit = text.charCodeAt(at - 1);
  const pair = unit >= 0xdc00 && unit <= 0xdfff && at > 1;
  return String.fromCodePoint(text.codePointAt(at - (pair ? 2 : 1)) ?? 10);
}

function isPunctuation(character: string): boolean {
  return /[\p{P}\p{S}]/u.test(character);
}
