/** commonmark.js, the reference implementation, as a second opinion. */
import { HtmlRenderer, type Node, Parser } from "commonmark";

const parser = new Parser();
const renderer = new HtmlRenderer();

/** Its HTML, or null when the source holds raw HTML, which we draw as text. */
export function oracle(source: string): string | null {
  const tree = parser.parse(source);
  return holdsHtml(tree) ? null : renderer.render(tree);
}

export function hasRawHtml(source: string): boolean {
  return holdsHtml(parser.parse(source));
}

function holdsHtml(tree: Node): boolean {
  const walker = tree.walker();
  for (let event = walker.next(); event; event = walker.next()) {
    if (event.node.type === "html_block" || event.node.type === "html_inline") return true;
  }
  return false;
}
