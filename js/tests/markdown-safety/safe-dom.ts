const ELEMENTS = new Set(
  (
    "A,B,BDI,BLOCKQUOTE,BR,BUTTON,CODE,DEL,DIV,EM,FIGCAPTION,FIGURE,H1,H2,H3,H4,H5,H6,HR,INPUT,KBD,LI,OL,P,PRE," +
    "SECTION,SPAN,STRONG,SUP,TABLE,TBODY,TD,TH,THEAD,TR,UL"
  ).split(","),
);
const MATH = "http://www.w3.org/1998/Math/MathML";
const LOADING = [
  "src",
  "srcset",
  "poster",
  "data",
  "background",
  "action",
  "formaction",
  "ping",
  "xlink:href",
];
const SCHEMES = new Set(["http:", "https:", "mailto:"]);

/** Whatever is wrong with the DOM under `root`, as sentences; none if nothing unsafe was made. */
export function unsafeParts(root: Element): string[] {
  const wrong: string[] = [];
  for (const element of root.querySelectorAll("*")) {
    const tag = element.tagName;
    if (!ELEMENTS.has(tag) && element.namespaceURI !== MATH) wrong.push(`makes <${tag}>`);
    if (element instanceof HTMLInputElement && (element.type !== "checkbox" || !element.disabled)) {
      wrong.push("makes an input that takes input");
    }
    for (const { name, value } of element.attributes) {
      if (name.startsWith("on")) wrong.push(`${tag} handles ${name}`);
      if (LOADING.includes(name)) wrong.push(`${tag} loads ${name}=${value}`);
      if (name === "style" && /url|@import|expression|position|fixed/i.test(value))
        wrong.push(`${tag} style=${value}`);
      if (name === "id" && !value.startsWith("ipytalk")) wrong.push(`${tag} takes the id ${value}`);
      if (name === "name") wrong.push(`${tag} takes the name ${value}`);
    }
    if (element instanceof HTMLAnchorElement && element.hasAttribute("href"))
      wrong.push(...unsafeLink(element));
  }
  return wrong;
}

/** Relative links stay: a person decides to follow them. Everything that leaves the page cuts its tie to it. */
function unsafeLink(link: HTMLAnchorElement): string[] {
  const href = link.getAttribute("href") ?? "";
  if (!SCHEMES.has(link.protocol)) return [`links to ${href}`];
  if (href.startsWith("#")) return [];
  const rel = link.relList;
  return rel.contains("noopener") && rel.contains("noreferrer")
    ? []
    : [`links to ${href} with rel="${link.rel}"`];
}

/** The left edges of `letters`, in the order of the text: ascending if the letters read as they are stored. */
export function leftEdges(root: Element, letters: string): number[] {
  const edges = new Map<string, number>();
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
    for (let at = 0; at < node.data.length; at++) {
      const letter = node.data.charAt(at);
      if (!letters.includes(letter) || edges.has(letter)) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      edges.set(letter, range.getBoundingClientRect().left);
    }
  }
  return [...letters].map((letter) => edges.get(letter) ?? Number.NaN);
}
