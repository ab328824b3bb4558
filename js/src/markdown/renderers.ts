/**
 * What arrives later than the text: the drawing of math and the colouring of code.
 *
 * Without them, and where they fail, math shows its source and code is plain.
 */
import { setContent } from "./selection.ts";
import { visibleCode } from "./visible.ts";

/** A node that shows `tex`, or null when it can't be drawn. */
export type MathRenderer = (tex: string, display: boolean) => Node | null;

/** A class name (or null for plain text) and the text that has it; a line's tokens join to the line. */
export type Token = readonly [className: string | null, text: string];

/** Colours code line by line. `line` may change the state it is given; lines come in order, each once. */
export interface Highlighter<State = unknown> {
  /** The state before the first line, or null for a language it doesn't know. `element` is where the lines will stand. */
  start(language: string, element: Element): State | null;
  line(state: State, text: string): readonly Token[];
}

type Need = "math" | "highlight";

export class Renderers {
  math: MathRenderer | null = null;
  highlight: Highlighter | null = null;
  onNeed: ((need: Need) => void) | null = null;
  private readonly needed = new Set<Need>();

  /** `allows`: may a link lead there? */
  constructor(readonly allows: (destination: string) => boolean) {}

  /** Show `tex` in its element: drawn when it is complete, or as source. */
  drawMath(element: HTMLElement, tex: string, display: boolean, complete: boolean): void {
    // Half a formula that will be drawn isn't shown as source for a moment; prose is never taken for one for long.
    const source = complete || !this.math ? visibleCode(tex) : "";
    // Only complete math says so: an upgrade must not draw half a formula.
    const known = element.getAttribute("data-tex");
    if (complete ? known === tex : known === null && element.textContent === source) return;
    if (complete) {
      element.setAttribute("data-tex", tex);
      this.need("math");
    } else element.removeAttribute("data-tex");
    const drawn = complete ? this.tryMath(tex, display) : null;
    if (drawn) element.replaceChildren(drawn);
    else setContent(element, source);
  }

  /** Say, once, that the text would show this. */
  need(need: Need): void {
    if (this[need] || this.needed.has(need)) return;
    this.needed.add(need);
    this.onNeed?.(need);
  }

  /** Draw the math of `root` that stands there as source. */
  upgradeMath(root: HTMLElement): void {
    for (const element of root.querySelectorAll<HTMLElement>(".ipytalk-math[data-tex]")) {
      const tex = element.getAttribute("data-tex") ?? "";
      const drawn = this.tryMath(tex, element.classList.contains("ipytalk-math-display"));
      if (drawn) element.replaceChildren(drawn);
    }
  }

  private tryMath(tex: string, display: boolean): Node | null {
    try {
      return this.math?.(tex, display) ?? null;
    } catch {
      return null;
    }
  }
}
