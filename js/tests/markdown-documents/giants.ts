import { seeded } from "../markdown-counters/chunks.ts";

/** One block so large that a renderer which redraws its open block gets slower with each character. */
export interface Giant {
  name: string;
  source: string;
  /** What stands on the page once 90 % of it are drawn as the one block that it is. */
  whole: string;
}

const lines = (count: number, line: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => line(at)).join("\n");

const list = () =>
  lines(
    400,
    (at) => `- Item ${at} has **bold**, \`code_${at}\` and [a link](https://example.org/${at}) in its words.`,
  );

const table = () =>
  `| id | name | mean | note |\n|---:|:-----|-----:|:-----|\n${lines(
    500,
    (at) => `| ${at} | \`column_${at}\` | ${(at * 1.37).toFixed(2)} | **${at % 7}** of seven |`,
  )}`;

const PHRASES = [
  "the mean of the column stays put",
  "which is **not what you'd expect**",
  "while `frame.loc[rows]` copies",
  "as [the manual](https://example.org/manual) says",
  "and *that* is the point",
];

/** One line, as a model writes a paragraph: no newline in it. */
function paragraph(length: number): string {
  const random = seeded(length);
  let text = "It starts simply";
  while (text.length < length) text += `, ${PHRASES[Math.floor(random() * PHRASES.length)]}`;
  return text.slice(0, length);
}

const fence = () =>
  `\`\`\`python\n${lines(5000, (at) => (at % 5 ? `    total += weights[${at}] * row[${at % 16}]` : `def step_${at}(row):`))}`;

const inQuote = (source: string) => source.replace(/^/gm, "> ");
const inItem = (source: string) => source.replace(/^/gm, "  ").replace(/^ {2}/, "- ");

const PLAIN: readonly Giant[] = [
  { name: "list of 400", source: list(), whole: "li:nth-child(350)" },
  { name: "table of 500 rows", source: table(), whole: "tr:nth-child(440)" },
  { name: "paragraph of 27 kB", source: paragraph(27_000), whole: "strong" },
  { name: "paragraph of 4 kB", source: paragraph(4_000), whole: "strong" },
  { name: "fence of 5,000 lines", source: fence(), whole: "pre" },
];

export const GIANTS: readonly Giant[] = PLAIN.flatMap(({ name, source, whole }) => [
  { name, source, whole },
  { name: `${name}, in a quote`, source: inQuote(source), whole },
  { name: `${name}, in an item`, source: inItem(source), whole },
]);
