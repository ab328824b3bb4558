/** The colours of tokens. They come with the highlighter, since without it nothing has them. */

const BOLD = "font-weight: 600";

/** By the end of the class name: the host's variable, what holds where there is none, and more. */
const COLOURS: readonly (readonly [names: string, variable: string, fallback: string, more?: string])[] = [
  ["keyword tag", "keyword", "#008000", BOLD],
  ["atom", "atom", "#88f"],
  ["number", "number", "#080"],
  ["string deleted", "string", "#ba2121"],
  ["comment", "comment", "#408080", "font-style: italic"],
  ["name type", "def", "#00f"],
  ["builtin inserted", "builtin", "#008000"],
  ["attribute", "attribute", "#00c"],
  ["operator", "operator", "#aa22ff"],
  ["meta", "meta", "#aa22ff"],
];

let sheet: CSSStyleSheet | undefined;

/** Give the page, or the shadow that `element` stands in, the colours. */
export function colour(element: Element): void {
  const root = element.getRootNode();
  if (!(root instanceof Document || root instanceof ShadowRoot)) return;
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(COLOURS.map(rule).join("\n"));
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
}

function rule([names, variable, fallback, more = ""]: (typeof COLOURS)[number]): string {
  const classes = names.split(" ").map((name) => `.ipytalk-code-${name}`);
  const value = `var(--jp-mirror-editor-${variable}-color, ${fallback})`;
  return `.ipytalk-markdown :is(${classes.join(", ")}) { color: ${value}; ${more} }`;
}
