/**
 * One line, as CodeMirror's stream parsers read it.
 *
 * The interface is that of `StringStream` in @codemirror/language, which can't be had without the editor (78 kB gzipped).
 */
export class StringStream {
  pos = 0;
  start = 0;

  constructor(
    readonly string: string,
    readonly tabSize = 4,
    readonly indentUnit = 2,
  ) {}

  eol(): boolean {
    return this.pos >= this.string.length;
  }

  sol(): boolean {
    return this.pos === 0;
  }

  peek(): string | undefined {
    return this.string[this.pos];
  }

  next(): string | undefined {
    return this.eol() ? undefined : this.string[this.pos++];
  }

  eat(match: string | RegExp | ((char: string) => boolean)): string | undefined {
    const char = this.peek();
    if (char === undefined) return undefined;
    const eaten =
      typeof match === "string" ? char === match : match instanceof RegExp ? match.test(char) : match(char);
    if (!eaten) return undefined;
    this.pos++;
    return char;
  }

  eatWhile(match: string | RegExp | ((char: string) => boolean)): boolean {
    const { pos } = this;
    while (this.eat(match) !== undefined);
    return this.pos > pos;
  }

  eatSpace(): boolean {
    return this.eatWhile(/[\s\u00a0]/);
  }

  skipToEnd(): void {
    this.pos = this.string.length;
  }

  skipTo(char: string): boolean {
    const found = this.string.indexOf(char, this.pos);
    if (found < 0) return false;
    this.pos = found;
    return true;
  }

  backUp(count: number): void {
    this.pos -= count;
  }

  column(): number {
    return this.width(this.start);
  }

  indentation(): number {
    return this.width(/^\s*/.exec(this.string)?.[0].length ?? 0);
  }

  match(pattern: string, consume?: boolean, caseInsensitive?: boolean): boolean;
  match(pattern: RegExp, consume?: boolean): RegExpMatchArray | null;
  match(
    pattern: string | RegExp,
    consume = true,
    caseInsensitive = false,
  ): boolean | RegExpMatchArray | null {
    if (typeof pattern === "string") {
      const fold = (text: string): string => (caseInsensitive ? text.toLowerCase() : text);
      const same = fold(this.string.slice(this.pos, this.pos + pattern.length)) === fold(pattern);
      if (same && consume) this.pos += pattern.length;
      return same;
    }
    const match = this.string.slice(this.pos).match(pattern);
    if (match?.index) return null;
    if (match && consume) this.pos += match[0].length;
    return match;
  }

  current(): string {
    return this.string.slice(this.start, this.pos);
  }

  /** Columns up to `end`, with tabs as wide as they are drawn. */
  private width(end: number): number {
    let columns = 0;
    for (let at = 0; at < end; at++) {
      columns += this.string[at] === "\t" ? this.tabSize - (columns % this.tabSize) : 1;
    }
    return columns;
  }
}
