/**
 * The inline parser: the source of one paragraph, heading or cell, from a safe point on, into inline nodes.
 *
 * - A **safe point** is a position before white space at which no delimiter run, bracket or other construct is open:
 *   nothing that may follow changes what stands before it, so the next call may start there. `pending` is set as soon as
 *   something is met that later text may complete (an unclosed backtick run, half a link); no safe point follows it.
 * - With `open`, the text's end is not its end: what is unclosed is drawn as it will most probably be closed, and the last
 *   characters are hidden while they may still become markup (tail.ts). Guesses touch only what follows the safe point.
 * - Raw HTML is text.
 */
import { Autolinks, scanPointyLink } from "./autolinks.ts";
import { type Bracket, looksLikeLink } from "./brackets.ts";
import { Delimiters } from "./delimiters.ts";
import { decodeReference, ESCAPABLE, normalizeLabel, REFERENCE } from "./escapes.ts";
import { Inline } from "./inline-tree.ts";
import { type LinkTail, MORE, NO, scanLabel, scanTail, type Target } from "./links.ts";
import { looksLikeMath, mathOpener, scanMath } from "./math.ts";
import type { Parsed, References, SafePoint } from "./parsed.ts";
import { surePrefix } from "./tail.ts";

export function parseInline(source: string, from: number, open: boolean, references: References): Parsed {
  return new InlineParser(source, from, open, references).parse();
}

const PLAIN = /[^\n`[\]\\!<&*_~$]+/y;
const TICKS = /`+/g;
const NOTE = /\[\^([^\s[\]\\]{1,100})\]/y;

class InlineParser {
  private readonly root = new Inline("root");
  private readonly text: string;
  private readonly delimiters = new Delimiters();
  private readonly autolinks: Autolinks;
  private readonly misses = new Set<string>();
  private brackets: Bracket | null = null;
  private pending = false;
  private safe: SafePoint | null = null;
  private at: number;
  /** Backtick runs of these lengths have no closer behind the position that stands here. */
  private readonly noTicks = new Map<number, number>();

  constructor(
    source: string,
    private readonly from: number,
    private readonly open: boolean,
    private readonly references: References,
  ) {
    this.text = open ? surePrefix(source, from, references.syntax) : source;
    this.at = from;
    this.autolinks = new Autolinks(this.text, from, references.syntax.bareUrls);
  }

  parse(): Parsed {
    while (this.at < this.text.length) this.step();
    this.finish();
    return { root: this.root, safe: this.safe, misses: this.misses };
  }

  private step(): void {
    switch (this.text.charCodeAt(this.at)) {
      case 10:
        this.lineEnd();
        return;
      case 92:
        this.backslash();
        return;
      case 96:
        this.code();
        return;
      case 42:
      case 95:
      case 126:
        this.run();
        return;
      case 91:
        this.openBracket(false);
        return;
      case 33:
        if (this.text.charCodeAt(this.at + 1) === 91) {
          this.openBracket(true);
          return;
        }
        this.literal(1);
        return;
      case 93:
        this.closeBracket();
        return;
      case 60:
        this.pointy();
        return;
      case 38:
        this.reference();
        return;
      case 36:
        if (this.references.syntax.math && this.math()) return;
        this.literal(1);
        return;
      default:
        this.plain();
        return;
    }
  }

  private add(kind: ConstructorParameters<typeof Inline>[0], text = ""): Inline {
    const node = new Inline(kind, text);
    this.root.append(node);
    return node;
  }

  private literal(length: number): void {
    this.add("text", this.text.slice(this.at, this.at + length));
    this.at += length;
  }

  private isClear(): boolean {
    return !this.pending && !this.delimiters.top && !this.brackets;
  }

  private plain(): void {
    const from = this.at;
    const link = this.brackets ? undefined : this.autolinks.next(from);
    if (link && link.from === from) {
      const node = this.add("link");
      node.href = link.href;
      node.append(new Inline("text", this.text.slice(from, link.to)));
      this.at = link.to;
      return;
    }
    PLAIN.lastIndex = from;
    PLAIN.test(this.text);
    const to = Math.min(PLAIN.lastIndex, link?.from ?? this.text.length);
    const before = this.root.last;
    const node = this.add("text", this.text.slice(from, to));
    this.at = to;
    if (!this.isClear()) return;
    // The last run of spaces: what stands before it is settled, even if they turn out to be a hard break.
    let space = this.text.lastIndexOf(" ", to - 1);
    if (space < from) return;
    while (space > from && this.text.charCodeAt(space - 1) === 32) space--;
    if (space > from) this.safe = { at: space, node, length: space - from };
    else if (from > this.from && this.text.charCodeAt(from - 1) !== 32) {
      this.safe = { at: space, node: before, length: before?.text.length ?? 0 };
    }
  }

  private lineEnd(): void {
    const before = this.root.last;
    const space = before?.kind === "text" && before.text.endsWith(" ");
    if (!space && this.at > this.from && this.isClear()) {
      this.safe = { at: this.at, node: before, length: before?.text.length ?? 0 };
    }
    let hard = false;
    if (space) {
      hard = before.text.endsWith("  ");
      before.text = before.text.replace(/ +$/, "");
    }
    this.breakLine(hard);
  }

  private breakLine(hard: boolean): void {
    do this.at++;
    while (this.text.charCodeAt(this.at) === 32);
    if (hard) this.add("break");
    else this.add("text", "\n");
  }

  private backslash(): void {
    const next = this.text.charAt(this.at + 1);
    if (next === "\n") {
      this.at++;
      this.breakLine(true);
    } else if ((next === "(" || next === "[") && this.references.syntax.math && this.math()) {
      return;
    } else if (next !== "" && ESCAPABLE.test(next)) {
      this.add("text", next);
      this.at += 2;
    } else {
      this.literal(1);
    }
  }

  private code(): void {
    TICKS.lastIndex = this.at;
    const ticks = TICKS.exec(this.text)?.[0].length ?? 1;
    const from = this.at + ticks;
    let to: number = NO;
    if ((this.noTicks.get(ticks) ?? this.text.length) > from) {
      for (let run = TICKS.exec(this.text); run; run = TICKS.exec(this.text)) {
        if (run[0].length === ticks) {
          to = run.index;
          break;
        }
      }
      if (to === NO) this.noTicks.set(ticks, from);
    }
    if (to !== NO) {
      this.add("code", codeText(this.text.slice(from, to)));
      this.at = to + ticks;
      return;
    }
    this.pending = true;
    if (!this.open || from >= this.text.length) {
      this.literal(ticks);
      return;
    }
    this.add("code", codeText(this.text.slice(from)));
    this.at = this.text.length;
  }

  private run(): void {
    const char = this.text.charCodeAt(this.at);
    let to = this.at + 1;
    while (this.text.charCodeAt(to) === char) to++;
    const length = to - this.at;
    const node = this.add("text", this.text.slice(this.at, to));
    this.delimiters.push(node, this.text, this.at, length);
    this.at = to;
    if (!this.brackets) this.delimiters.pairFresh();
  }

  private pointy(): void {
    const link = scanPointyLink(this.text, this.at);
    if (link.end >= 0) {
      const text = this.text.slice(this.at + 1, link.end - 1);
      const node = this.add("link");
      node.href = link.href;
      node.append(new Inline("text", text));
      this.at = link.end;
      return;
    }
    if (link.end !== MORE) {
      this.literal(1);
      return;
    }
    this.pending = true;
    if (!this.open || link.href === "") {
      this.literal(1);
      return;
    }
    const node = this.add("link");
    node.append(new Inline("text", this.text.slice(this.at + 1)));
    this.at = this.text.length;
  }

  private reference(): void {
    REFERENCE.lastIndex = this.at;
    const found = REFERENCE.exec(this.text)?.[0];
    if (!found) {
      this.literal(1);
      return;
    }
    this.add("text", decodeReference(found));
    this.at += found.length;
  }

  private math(): boolean {
    const opener = mathOpener(this.text, this.at);
    if (!opener) return false;
    const from = this.at + opener.close.length;
    const to = scanMath(this.text, from, opener);
    if (to === NO) return false;
    if (to === MORE) {
      this.pending = true;
      if (!this.open || !looksLikeMath(this.text, from, opener)) return false;
    }
    const node = this.add("math", this.text.slice(from, to === MORE ? undefined : to).trim());
    node.display = opener.display;
    node.open = to === MORE;
    this.at = to === MORE ? this.text.length : to + opener.close.length;
    return true;
  }

  private openBracket(image: boolean): void {
    if (!image && this.references.syntax.footnotes) {
      NOTE.lastIndex = this.at;
      const label = NOTE.exec(this.text)?.[1];
      if (label !== undefined) {
        const key = normalizeLabel(label);
        if (!this.references.hasNote(key)) this.misses.add(`^${key}`);
        if (this.references.hasNote(key) || this.references.believes) {
          this.add("note", label);
          this.at = NOTE.lastIndex;
          return;
        }
      }
    }
    const at = this.at;
    this.literal(image ? 2 : 1);
    if (this.brackets) this.brackets.hasBracket = true;
    this.brackets = {
      node: this.root.last as Inline,
      before: this.brackets,
      runBefore: this.delimiters.top,
      at,
      from: this.at,
      image,
      active: true,
      hasBracket: false,
    };
  }

  private closeBracket(): void {
    const at = this.at;
    const opener = this.brackets;
    if (!opener?.active) {
      this.literal(1);
      if (opener) this.dropBracket(opener);
      return;
    }
    const tail = this.linkTail(opener, at + 1);
    if (tail.end === MORE) {
      this.pending = true;
      // `at` may be the last character: what follows decides.
      if (this.open && looksLikeLink(opener, this.text, at)) {
        this.at = this.text.length;
        this.link(opener, null);
        return;
      }
    }
    if (tail.end < 0) {
      this.literal(1);
      this.dropBracket(opener);
      return;
    }
    this.at = tail.end;
    this.link(opener, tail);
  }

  /** What follows the `]` before `at`: `(...)`, `[label]`, or nothing and the text itself is a label. */
  private linkTail(opener: Bracket, at: number): LinkTail {
    const next = this.text.charCodeAt(at);
    let tail: LinkTail | null = null;
    if (next === 40) {
      tail = scanTail(this.text, at);
      if (tail.end >= 0) return tail;
    }
    const labelEnd = next === 91 ? scanLabel(this.text, at) : NO;
    const full = labelEnd > at + 2;
    let target: Target | undefined;
    if (full) target = this.lookUp(this.text.slice(at + 1, labelEnd - 1));
    else if (!opener.hasBracket) target = this.lookUp(this.text.slice(opener.from, at - 1));
    if (!target && labelEnd >= 0 && this.references.believes && looksLikeLink(opener, this.text, at - 1)) {
      return { end: labelEnd, href: null, title: "" };
    }
    const more = this.open && (at >= this.text.length || tail?.end === MORE || labelEnd === MORE);
    // A closed text has no more to come: half a tail is text behind a shortcut reference.
    if (target) {
      const end = labelEnd >= 0 ? labelEnd : at;
      if (more) this.pending = true;
      return { end, href: target.href, title: target.title };
    }
    return { end: more ? MORE : NO, href: "", title: "" };
  }

  private lookUp(label: string): Target | undefined {
    if (label.length > 999) return undefined;
    const key = normalizeLabel(label);
    const target = this.references.link(key);
    if (!target && key) this.misses.add(key);
    return target;
  }

  /** Make what stands behind the opener a link or an image; without `target` its end is still being typed. */
  private link(opener: Bracket, target: LinkTail | null): void {
    const node = new Inline(opener.image ? "image" : "link");
    node.href = target ? target.href : null;
    node.title = target ? target.title : "";
    this.delimiters.pairAbove(opener.runBefore, target === null);
    if (target === null) {
      this.delimiters.closeOpen(opener.runBefore);
      this.delimiters.cut(opener.runBefore);
    }
    node.takeBetween(opener.node, null);
    opener.node.insertAfter(node);
    opener.node.remove();
    this.brackets = opener.before;
    if (!opener.image) {
      // No link holds a link.
      for (let outer = this.brackets; outer; outer = outer.before) if (!outer.image) outer.active = false;
    }
    if (!this.brackets) this.delimiters.pairFresh();
  }

  private dropBracket(opener: Bracket): void {
    this.brackets = opener.before;
    if (!this.brackets) this.delimiters.pairFresh();
  }

  private finish(): void {
    const bracket = this.brackets;
    if (this.open && bracket?.active && looksLikeLink(bracket, this.text, this.text.length))
      this.link(bracket, null);
    this.delimiters.pairFresh();
    if (this.open) this.delimiters.closeOpen(null);
  }
}

/** A code span's text: line ends are spaces, and one space on each side goes if there is more than spaces. */
function codeText(source: string): string {
  const text = source.replaceAll("\n", " ");
  return text.startsWith(" ") && text.endsWith(" ") && /[^ ]/.test(text) ? text.slice(1, -1) : text;
}
