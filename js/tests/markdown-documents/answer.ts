import { seeded } from "../markdown-counters/chunks.ts";

/**
 * A generated answer, as models write them: headings, paragraphs with inline markup, lists (nested too), tables, fences
 * in several languages and quotes. The same seed gives the same text, of exactly `length` UTF-16 units: 4 a token.
 */
export function generatedAnswer(length: number, seed = 2026): string {
  const random = seeded(seed);
  const blocks: string[] = [];
  for (let size = 0, section = 1; size < length; section++) {
    for (const block of sectionOf(section, random)) {
      blocks.push(block);
      size += block.length + 2;
    }
  }
  return blocks.join("\n\n").slice(0, length);
}

type Random = () => number;

const WORDS = (
  "the a this each column row frame value index model kernel sample result plan query cache vector batch token stream " +
  "mean median variance error limit width memory thread buffer reader writer grows shrinks keeps drops reads writes " +
  "joins sorts splits merges returns because while after before with without over under into from and or but so that " +
  "which only also often never always usually faster slower larger smaller about nearly almost exactly twice half"
).split(" ");

const FENCES: readonly (readonly [string, readonly string[]])[] = [
  [
    "python",
    [
      "import numpy as np",
      "def mean(values: list[float]) -> float:",
      '    """The arithmetic mean."""',
      "    return sum(values) / len(values)",
      "",
      "frame = frame[frame['value'] > 0]  # keep the positive ones",
      "print(f'{mean(values):.2f}')",
    ],
  ],
  [
    "sql",
    [
      "SELECT user_id, count(*) AS n",
      "  FROM events",
      " WHERE created_at >= now() - interval '7 days'",
      " GROUP BY user_id",
      " ORDER BY n DESC;",
    ],
  ],
  [
    "r",
    [
      "library(dplyr)",
      "events |> filter(value > 0) |> summarise(mean = mean(value))",
      "plot(density(x), main = 'Density')",
    ],
  ],
  ["bash", ["set -euo pipefail", "for file in data/*.csv; do", '  wc -l "$file" | tee -a lines.log', "done"]],
  [
    "json",
    [
      "{",
      '  "name": "nightly",',
      '  "steps": ["scan", "join", "sort"],',
      '  "limits": { "memory": 4096, "seconds": 600 }',
      "}",
    ],
  ],
  [
    "typescript",
    [
      "export function total(values: readonly number[]): number {",
      "  return values.reduce((sum, value) => sum + value, 0);",
      "}",
    ],
  ],
];

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
const between = (random: Random, low: number, high: number) => low + Math.floor(random() * (high - low + 1));

function* sectionOf(section: number, random: Random): Generator<string> {
  yield `${section % 3 === 1 ? "##" : "###"} ${section}. ${capital(words(random, 3, 6))}`;
  yield paragraph(random);
  for (let left = between(random, 3, 5); left > 0; left--) {
    const at = random();
    if (at < 0.36) yield paragraph(random);
    else if (at < 0.56) yield list(random, random() < 0.4);
    else if (at < 0.7) yield table(random);
    else if (at < 0.9) yield fence(random);
    else yield quote(random);
  }
}

function words(random: Random, low: number, high: number): string {
  return Array.from({ length: between(random, low, high) }, () => pick(random, WORDS)).join(" ");
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** A few words, one time in four with inline markup. */
function phrase(random: Random): string {
  const text = words(random, 2, 5);
  const at = random();
  if (at < 0.09) return `**${text}**`;
  if (at < 0.13) return `*${text}*`;
  if (at < 0.21) return `\`${text.replaceAll(" ", "_")}\``;
  if (at < 0.24) return `[${text}](https://example.org/${text.replaceAll(" ", "-")})`;
  if (at < 0.25) return `~~${text}~~`;
  return text;
}

function sentence(random: Random): string {
  return `${capital(Array.from({ length: between(random, 2, 5) }, () => phrase(random)).join(" "))}.`;
}

const paragraph = (random: Random) =>
  Array.from({ length: between(random, 2, 6) }, () => sentence(random)).join(" ");

function list(random: Random, ordered: boolean): string {
  const lines: string[] = [];
  const items = between(random, 3, 7);
  for (let item = 1; item <= items; item++) {
    const mark = ordered ? `${item}.` : "-";
    lines.push(`${mark} ${sentence(random)}`);
    if (random() < 0.3) {
      for (let nested = between(random, 2, 3); nested > 0; nested--)
        lines.push(`${" ".repeat(mark.length + 1)}- ${phrase(random)} ${phrase(random)}`);
    }
  }
  return lines.join("\n");
}

function table(random: Random): string {
  const columns = between(random, 3, 5);
  const row = (cell: (column: number) => string) =>
    `| ${Array.from({ length: columns }, (_, at) => cell(at)).join(" | ")} |`;
  return [
    row(() => words(random, 1, 2)),
    row((column) => (column === 0 ? "---" : "---:")),
    ...Array.from({ length: between(random, 3, 9) }, () =>
      row((column) => (column === 0 ? phrase(random) : (random() * 1000).toFixed(2))),
    ),
  ].join("\n");
}

function fence(random: Random): string {
  const [language, lines] = pick(random, FENCES);
  const body = Array.from({ length: between(random, 1, 4) }, () => lines.join("\n")).join("\n\n");
  return `\`\`\`${language}\n${body}\n\`\`\``;
}

const quote = (random: Random) =>
  paragraph(random)
    .replace(/(.{60,80}) /g, "$1\n")
    .replace(/^/gm, "> ");
