/**
 * Chunks in, lines out.
 *
 * A chunk may end anywhere: between CR and LF, or between the halves of a surrogate pair. `partial` is the last line so
 * far; it never ends in half a character, and it holds no NUL and no lone surrogate.
 */
/** No line end, no `&`, nothing that may run from the right and no surrogate: most chunks are a few words. */
const PLAIN = /^[ -%'-\u058f]*$/;
/** Letters and marks that run from right to left, and what may be a character reference to one. */
const BIDI =
  /[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufeff\ud802\ud803\ud83a\ud83b]|&[#r]/;

export class Source {
  partial = "";
  /** Something in the text may run from right to left. */
  bidi = false;
  private half = "";
  private afterReturn = false;

  /** Take a chunk; returns the lines that it completed. */
  push(chunk: string): string[] {
    if (chunk === "") return [];
    let text = this.half + chunk;
    this.half = "";
    if (this.afterReturn) {
      this.afterReturn = false;
      if (text.charCodeAt(0) === 10) text = text.slice(1);
    }
    const last = text.charCodeAt(text.length - 1);
    if (last >= 0xd800 && last <= 0xdbff) {
      this.half = text.slice(-1);
      text = text.slice(0, -1);
    } else {
      this.afterReturn = last === 13;
    }
    return this.split(text);
  }

  /** Give up waiting for the other half of a character. */
  close(): void {
    if (this.half) this.partial += "\ufffd";
    this.half = "";
  }

  private split(text: string): string[] {
    const seen = this.partial.slice(-1) + text;
    if (PLAIN.test(seen)) {
      this.partial += text;
      return [];
    }
    if (!this.bidi && BIDI.test(seen)) this.bidi = true;
    // With the u flag, \p{Cs} matches lone halves only.
    const clean = text.replace(/\0|\p{Cs}/gu, "\ufffd");
    const lines = clean.split(/\r\n|\n|\r/);
    lines[0] = this.partial + lines[0];
    this.partial = lines.pop() ?? "";
    return lines;
  }
}
