/**
 * One line and a position in it, in characters and in columns (a tab stops at every fourth column).
 *
 * After `look()`, `indent`, `blank`, `text` and the next non-space position describe the rest of the line.
 */
export class Line {
  offset = 0;
  column = 0;
  indent = 0;
  blank = false;
  /** Where the next character that is not a space or tab stands. */
  next = 0;
  private nextColumn = 0;
  private insideTab = false;

  constructor(readonly source: string) {}

  get indented(): boolean {
    return this.indent >= 4;
  }

  look(): void {
    let i = this.offset;
    let column = this.column;
    for (; i < this.source.length; i++) {
      const c = this.source.charCodeAt(i);
      if (c === 32) column++;
      else if (c === 9) column += 4 - (column % 4);
      else break;
    }
    this.blank = i >= this.source.length;
    this.next = i;
    this.nextColumn = column;
    this.indent = column - this.column;
  }

  /** The rest of the line from the next non-space character. */
  get text(): string {
    return this.source.slice(this.next);
  }

  atSpace(): boolean {
    const c = this.source.charCodeAt(this.offset);
    return c === 32 || c === 9;
  }

  skipSpace(): void {
    this.offset = this.next;
    this.column = this.nextColumn;
    this.insideTab = false;
  }

  skipAll(): void {
    this.offset = this.source.length;
  }

  /** Advance by characters. */
  skip(count: number): void {
    for (; count > 0 && this.offset < this.source.length; count--) {
      this.insideTab = false;
      this.column += this.source.charCodeAt(this.offset) === 9 ? 4 - (this.column % 4) : 1;
      this.offset++;
    }
  }

  /** Advance by columns; may stop inside a tab. */
  skipColumns(count: number): void {
    while (count > 0 && this.offset < this.source.length) {
      if (this.source.charCodeAt(this.offset) === 9) {
        const width = 4 - (this.column % 4);
        this.insideTab = width > count;
        this.column += Math.min(width, count);
        if (!this.insideTab) this.offset++;
        count -= width;
      } else {
        this.insideTab = false;
        this.offset++;
        this.column++;
        count--;
      }
    }
  }

  /** Remember the position; the result goes back to it. */
  mark(): () => void {
    const { offset, column, insideTab } = this;
    return () => {
      this.offset = offset;
      this.column = column;
      this.insideTab = insideTab;
    };
  }

  /** What is left, with the rest of a half-used tab as spaces. */
  rest(): string {
    if (!this.insideTab) return this.source.slice(this.offset);
    return " ".repeat(4 - (this.column % 4)) + this.source.slice(this.offset + 1);
  }
}
