/**
 * Hostile input: whatever comes, nothing throws, the end is the one-shot's, and no visible character is lost.
 *
 * Letters and digits are what is counted: markup has none, except in definitions, destinations, titles, info strings and
 * character references, which the documents of the second test are free of.
 */
import { expect, test } from "vitest";
import { draw } from "./drawing.ts";
import { chunks, EXAMPLES, pick, random } from "./examples.ts";

const BYTES =
  "\0\t\n\n\n\r\r\n  !\"#$%&'()*+,-./0159:;<=>?@AZ[\\]^_`az{|}~\u007f\u0085\u00a0é\u202e\u2028\u2066\ud83d\ude00\ufeff";

function noise(next: () => number): string {
  let text = "";
  const length = Math.floor(next() * 120);
  for (let i = 0; i < length; i++) text += BYTES.charAt(Math.floor(next() * BYTES.length));
  return text;
}

/** Delete, double or swap pieces of `text`, or put noise into it. */
function mutate(text: string, next: () => number): string {
  for (let i = 0; i < 1 + next() * 4; i++) {
    const at = Math.floor(next() * text.length);
    const to = at + Math.floor(next() * 6);
    const piece = text.slice(at, to);
    text =
      text.slice(0, at) +
      pick(["", piece + piece, noise(next).slice(0, 3), [...piece].reverse().join("")], next) +
      text.slice(to);
  }
  return text;
}

function expectSame(source: string, next: () => number): void {
  const streamed = draw(chunks(source, next, 7));
  const whole = draw([source]);
  if (!streamed.isEqualNode(whole)) expect([source, streamed.innerHTML]).toEqual([source, whole.innerHTML]);
}

test("4,000 texts of random bytes are drawn, and as in one shot", { timeout: 60_000 }, () => {
  const next = random(11);
  for (let i = 0; i < 4_000; i++) expectSame(noise(next), next);
});

test("4,000 mutated examples are drawn, and as in one shot", { timeout: 60_000 }, () => {
  const next = random(12);
  for (let i = 0; i < 4_000; i++) expectSame(mutate(pick(EXAMPLES, next).markdown, next), next);
});

const MARKUP = [
  "*",
  "**",
  "_",
  "~~",
  "`",
  "``",
  "[",
  "]",
  "![",
  "(",
  ")",
  "<",
  ">",
  "$",
  "$$",
  "\\(",
  "\\)",
  "\\[",
  "\\]",
  "\\",
  "|",
  "!",
  "- ",
  "> ",
  "# ",
  "+ ",
  "    ",
  "\n",
  "\n\n",
  "\n---\n",
  "\n|-|-|\n",
  "```\n",
  "~~~\n",
  " ",
  " ",
  "  \n",
  "é",
  "文",
];

test("no visible character is lost in 10,000 documents of markup and words", { timeout: 60_000 }, () => {
  const next = random(13);
  for (let i = 0; i < 10_000; i++) {
    let source = "";
    let words = 0;
    for (let piece = 0; piece < 20; piece++) {
      // Every word is another one, so that a lost word can't hide behind its double.
      source += next() < 0.4 ? `w${words++}x` : pick(MARKUP, next);
    }
    // A destination, a label and an info string are no text; a table drops cells beyond its head's.
    if (/\]\(|\]\[|\]:|<w|(?:```|~~~)[^\n]*w|-\|/.test(source)) continue;
    const drawn = draw(chunks(source, next, 5));
    for (const header of drawn.querySelectorAll(".ipytalk-code-header")) header.remove();
    const text = drawn.textContent ?? "";
    for (let word = 0; word < words; word++) {
      if (!text.includes(`w${word}x`)) expect([source, drawn.innerHTML]).toEqual(`w${word}x is drawn`);
    }
  }
});

test("deep nesting and long runs of openers are drawn in reasonable time", { timeout: 60_000 }, () => {
  const sources = [
    "> ".repeat(5_000),
    "- ".repeat(5_000),
    "1. ".repeat(3_000),
    "*a ".repeat(10_000),
    "*a **b ".repeat(5_000),
    `${"*a ".repeat(30_000)}${"b* ".repeat(30_000)}`,
    "[".repeat(20_000),
    "![".repeat(10_000),
    "[a](".repeat(5_000),
    "`a``b```c".repeat(3_000),
    "<a".repeat(10_000),
    `${"*".repeat(5_000)}a${"*".repeat(5_000)}`,
    "_a_b_".repeat(5_000),
    "$a ".repeat(5_000),
    "\\(".repeat(5_000),
    "&amp".repeat(5_000),
    "a@".repeat(5_000),
    `${"a_".repeat(5_000)}@b`,
    "www.".repeat(5_000),
    "|".repeat(10_000),
    `a|b\n-|-\n${"|".repeat(10_000)}`,
    "[a]: <b\n".repeat(2_000),
    `${"~~".repeat(10_000)}a`,
    "(".repeat(10_000),
    `[x](${"(".repeat(10_000)}`,
    `[x](<${"\\".repeat(10_000)}`,
    '"'.repeat(10_000),
  ];
  for (const source of sources) {
    const start = performance.now();
    draw([source]);
    draw(chunks(source, random(1), 2_000));
    expect(performance.now() - start, source.slice(0, 20)).toBeLessThan(5_000);
  }
});
