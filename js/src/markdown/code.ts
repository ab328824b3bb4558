/**
 * A code block: a header with its language and `Copy`, and the lines.
 *
 * - Lines stand in one block-level span for each 64, so that layout and script time don't grow with the block.
 * - Complete lines are coloured once and for good; the line that is being typed is plain.
 */
import { textLines } from "./blocks.ts";
import { createElement } from "./element.ts";
import type { Highlighter } from "./renderers.ts";
import { setText } from "./selection.ts";
import { isPlainFence } from "./speculation.ts";
import type { Block } from "./tree.ts";
import type { BlockView, ViewContext } from "./view.ts";
import { visible, visibleCode } from "./visible.ts";

const GROUP = 64;

export class CodeView implements BlockView {
  readonly kind = "code";
  readonly element = createElement("div", "ipytalk-code");
  private readonly label = createElement("span", "ipytalk-code-language");
  private readonly code = createElement("code");
  /** How many complete lines are drawn. */
  private drawn = 0;
  private group: HTMLElement | null = null;
  /** The last text node: the plain complete lines of the group (`base`), then the line that is being typed. */
  private tailText = document.createTextNode("");
  private base = "";
  /** The last complete line's end is drawn only when more follows: a cursor behind it would need a line of its own. */
  private owesLineEnd = false;
  private typed = "";
  private closed = false;
  private language = "";
  private highlighter: Highlighter | null = null;
  private state: unknown = null;

  constructor(private readonly context: ViewContext) {
    const header = createElement("div", "ipytalk-code-header");
    const copy = createElement("button", "ipytalk-copy");
    copy.type = "button";
    copy.textContent = "Copy";
    header.append(this.label, copy);
    const pre = createElement("pre");
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
    this.typed = count > complete ? visibleCode(lines[count - 1] ?? "") : "";
    this.showTyped();
    // What is shown of it while it is typed can't close the fence any more: speculation.ts holds back what may.
    if (this.typed && isPlainFence(block)) this.context.typed = this;
  }

  type(more: string): void {
    this.typed += visibleCode(more);
    this.showTyped();
  }

  /** Colour what is drawn, and all that comes. */
  upgrade(): void {
    if (!this.startHighlighter()) return;
    const lines = (this.code.textContent ?? "").split("\n");
    const done = this.drawn;
    this.code.textContent = "";
    this.group = null;
    this.drawn = 0;
    this.base = "";
    this.owesLineEnd = false;
    while (this.drawn < done) this.addLine(lines[this.drawn] ?? "");
    this.showTyped();
  }

  private showTyped(): void {
    if (this.typed && !this.group) this.openGroup();
    if (this.typed || this.closed) this.payLineEnd();
    setText(this.tailText, this.base + this.typed);
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
    const { renderers } = this.context;
    if (this.language) renderers.need("highlight");
    const { highlight } = renderers;
    if (!highlight || !this.language) return false;
    this.state = highlight.start(this.language, this.element);
    this.highlighter = this.state === null ? null : highlight;
    return this.highlighter !== null;
  }

  private openGroup(): void {
    this.payLineEnd();
    setText(this.tailText, this.base);
    this.base = "";
    this.group = createElement("span");
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
    const span = createElement("span", className);
    span.textContent = text;
    this.tailText.before(span);
  }
}
