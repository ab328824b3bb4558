/**
 * Flash: raw syntax that stands visible for a while. A flush flashes when `**`, `~~`, a fence, a table's delimiter row,
 * the start of a link's destination or a backtick is visible outside code more often than in the renderer's own final DOM.
 */

const MARKERS = {
  strong: /\*\*/g,
  strike: /~~/g,
  fence: /```|~~~/g,
  table: /\|\s*:?---|---:?\s*\|/g,
  link: /\[[^\]\n]*\]\(/g,
  backtick: /`/g,
} as const;

export type Marker = keyof typeof MARKERS;
export type MarkerCounts = Record<Marker, number>;

const NAMES = Object.keys(MARKERS) as Marker[];
const CODE = new Set(["CODE", "PRE", "annotation", "STYLE", "SCRIPT"]);

/** Text outside code, with a newline where a block ends so that two blocks can't form a marker together. */
function proseOf(root: Node): string {
  let prose = "";
  for (let child = root.firstChild; child; child = child.nextSibling) {
    if (child.nodeType === Node.TEXT_NODE) {
      prose += (child as Text).data;
    } else if (child instanceof Element) {
      prose += CODE.has(child.tagName) ? "\u{fffc}" : proseOf(child);
      if (BLOCKS.has(child.tagName)) prose += "\n";
    }
  }
  return prose;
}

const BLOCKS = new Set(
  "P,DIV,LI,UL,OL,TABLE,TR,TH,TD,BLOCKQUOTE,PRE,H1,H2,H3,H4,H5,H6,HR,SECTION".split(","),
);

export function visibleMarkers(root: Node): MarkerCounts {
  const prose = proseOf(root);
  const counts = {} as MarkerCounts;
  for (const name of NAMES) counts[name] = prose.match(MARKERS[name])?.length ?? 0;
  return counts;
}

/** The markers that stand more often in `now` than they will in the end. */
export function flashing(now: MarkerCounts, final: MarkerCounts): Marker[] {
  return NAMES.filter((name) => now[name] > final[name]);
}
