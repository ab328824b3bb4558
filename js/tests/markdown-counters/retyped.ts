/**
 * Retyped: characters that were drawn and are drawn again, differently. What is drawn is a stream of pairs (non-space
 * character, its formatting ancestors); a flush costs the length of the previous stream less the prefix that it shares
 * with the new one. Wrappers that show nothing (div, span, p, list and table frames) aren't formatting.
 */

const FORMATTING = new Set(
  (
    "A,B,STRONG,I,EM,S,DEL,CODE,PRE,KBD,MARK,SUB,SUP,H1,H2,H3,H4,H5,H6,LI,BLOCKQUOTE,TH,TD,BUTTON,math," +
    "FIGCAPTION,CITE"
  ).split(","),
);

export interface Drawn {
  characters: string;
  /** One number for each character: the interned chain of formatting ancestors. */
  formats: number[];
}

export const NOTHING_DRAWN: Drawn = { characters: "", formats: [] };

/** Chains of formatting ancestors as numbers, equal for equal chains within one page. */
const chains = new Map<string, number>();

function chain(parent: number, tag: string): number {
  const key = `${parent}>${tag}`;
  const known = chains.get(key);
  if (known !== undefined) return known;
  const id = chains.size + 1;
  chains.set(key, id);
  return id;
}

export function drawn(root: Node): Drawn {
  const parts: string[] = [];
  const formats: number[] = [];
  const visit = (parent: Node, format: number) => {
    for (let child = parent.firstChild; child; child = child.nextSibling) {
      if (child.nodeType === Node.TEXT_NODE) {
        const text = (child as Text).data.replace(/\s+/g, "");
        parts.push(text);
        for (let i = 0; i < text.length; i++) formats.push(format);
      } else if (child instanceof Element) {
        visit(child, FORMATTING.has(child.tagName) ? chain(format, child.tagName) : format);
      }
    }
  };
  visit(root, 0);
  return { characters: parts.join(""), formats };
}

export function retyped(before: Drawn, after: Drawn): number {
  const length = before.characters.length;
  let shared = 0;
  while (
    shared < length &&
    before.characters.charCodeAt(shared) === after.characters.charCodeAt(shared) &&
    before.formats[shared] === after.formats[shared]
  ) {
    shared++;
  }
  return length - shared;
}
