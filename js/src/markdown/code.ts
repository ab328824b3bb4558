/**
 * A code block: a header with its language and `Copy`, and the lines.
 *
 * - Lines stand in one block-level span for each 64, so that layout and script time don't grow with the block.
 * - Complete lines are coloured once and for good; the line that is being typed is plain.
 */
import { textLines } from "./blocks.ts";
import type { Highlighter, Renderers } from "./renderers.ts";
import { setText } from "./selection.ts";
import type { Block } from "./tree.ts";
import type { BlockView } from "./view.ts";
import { visible, visibleCode } from "./visible.ts";

const GROUP = 64;

export class CodeView implements BlockView {
  readonly kind = "code";
  readonly element = document.createElement("div");
  private readonly label = document.createElement("span");
  private readonly code = document.createElement("code");
  /** How many complete lines are drawn. */
  private drawn = 0;
  private group: HTMLElement | null = null;
  /** The last text node: the plain complete lines of the group (`base`), then the line that is being typed. */
  private tailText = document.createTextNode("");
  private base = "";
  /** The last complete line's end is drawn only when more follows: a cursor behind it would need a line of its own. */
  private owesLineEnd = false;
  private closed = false;
  private language = "";
  private highlighter: Highlighter | null = null;
  private state: unknown = null;

  constructor(private readonly renderers: Renderers) {
    this.element.className = "ipytalk-code";
    const header = document.createElement("div");
    header.className = "ipytalk-code-header";
    this.label.className = "ipytalk-code-language";
    const copy = document.createElement("button");
    copy.type = "button";
    copy.className = "ipytalk-copy";
    copy.textContent = "Copy";
    header.append(this.label, copy);
    const pre = document.createElement("pre");
    pre.tabIndex = 0; // a box that scrolls must be reachable by keyboard
    pre.append(this.code);
    this.element.append(header, pre);
  }

  get tail(): HTMLElement {
    return this.group ?? this.code;
  }

  update(block: Block): void {
    this.setLanguage(/^\S*/.exec(block.info)?.[0] ?? "");
    const { lines } = block;
    const count = textLines(block);
    const complete = block.partial ? Math.min(count, lines.length - 1) : count;
    while (this.drawn < complete) this.addLine(lines[this.drawn] ?? "");
    this.closed = !block.open;
    this.showTyped(count > complete ? visibleCode(lines[count - 1] ?? "") : "");
  }

  /** Colour what is drawn, and all that comes. */
  upgrade(): void {
    if (!this.startHighlighter()) return;
    const lines = (this.code.textContent ?? "").split("\n");
    const typed = lines.slice(this.drawn).join("\n");
    const done = this.drawn;
    this.code.textContent = "";
    this.group = null;
    this.drawn = 0;
    this.base = "";
    this.owesLineEnd = false;
    while (this.drawn < done) this.addLine(lines[this.drawn] ?? "");
    this.showTyped(typed);
  }

  private showTyped(typed: string): void {
    if (typed && !this.group) this.openGroup();
    if (typed || this.closed) this.payLineEnd();
    setText(this.tailText, this.base + typed);
  }

  private payLineEnd(): void {
    if (!this.owesLineEnd) return;
    this.owesLineEnd = false;
    if (this.highlighter) this.tailText.before("\n");
    else this.base += "\n";
  }

  private setLanguage(language: string): void {
    if (language === this.language) return;
    this.language = language;
    this.label.textContent = visible(language);
    this.code.className = language ? `language-${language.replace(/^language-/, "")}` : "";
    this.startHighlighter();
  }

  private startHighlighter(): boolean {
    if (this.language) this.renderers.need("highlight");
    const { highlight } = this.renderers;
    if (!highlight || !this.language) return false;
    this.state = highlight.start(this.language, this.element);
    this.highlighter = this.state === null ? null : highlight;
    return this.highlighter !== null;
  }

  private openGroup(): void {
    this.payLineEnd();
    setText(this.tailText, this.base);
    this.base = "";
    this.group = document.createElement("span");
    this.tailText = document.createTextNode("");
    this.group.append(this.tailText);
    this.code.append(this.group);
  }

  private addLine(source: string): void {
    if (this.drawn % GROUP === 0 && (this.drawn > 0 || !this.group)) this.openGroup();
    this.payLineEnd();
    this.owesLineEnd = true;
    this.drawn++;
    const line = visibleCode(source);
    if (!this.highlighter) {
      this.base += line;
      return;
    }
    for (const [className, text] of this.highlighter.line(this.state, line)) this.addToken(className, text);
  }

  private addToken(className: string | null, text: string): void {
    if (className === null) {
      this.tailText.before(text);
      return;
    }
    const span = document.createElement("span");
    span.className = className;
    span.textContent = text;
    this.tailText.before(span);
  }
}
