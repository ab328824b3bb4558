/** In mid-stream, too, the text on the page doesn't depend on how the source was cut. */
import { expect, test } from "vitest";
import { createMarkdownStream } from "../../src/markdown/index.ts";
import { EXAMPLES, pick, random } from "./examples.ts";
import { GFM_EXAMPLES } from "./gfm-examples.ts";
import { randomDocument } from "./random-documents.ts";

const SOURCES = [...EXAMPLES, ...GFM_EXAMPLES].map(({ markdown }) => markdown);

/** Words, which need no parser, and what is no word: addresses and their starts, markup, line ends. */
const WORDS =
  `the weight it's why? "so" (a, x-y end; fine. é ht HT http https ww www www.a.b WWW.x.y (www.q.r) (ht https://a.b/c
ftp://a.b mailto:a@b.c me@a.b **bold** *x \`code\` [a ](u) $x$ &amp; ! | ~~s~~ \\* 1. 2) - > ~~~`.split(/\s/);
const GLUE = [" ", " ", " ", "", "\n", "\n\n", "  \n", "\n```py\n", "    "];

function begin() {
  const root = document.createElement("div");
  const stream = createMarkdownStream(root);
  return { stream, text: () => root.textContent?.trimEnd() };
}

/** The first moment at which a stream that came by characters shows another text than one that came at once. */
function difference(source: string): object | null {
  const streamed = begin();
  for (let to = 1; to <= source.length; to++) {
    streamed.stream.write(source.charAt(to - 1));
    const whole = begin();
    whole.stream.write(source.slice(0, to));
    if (streamed.text() !== whole.text())
      return { source: source.slice(0, to), streamed: streamed.text(), whole: whole.text() };
  }
  return null;
}

function differences(sources: Iterable<string>): object[] {
  return Array.from(sources, difference)
    .filter((found) => found !== null)
    .slice(0, 3);
}

test("at each character of every example", { timeout: 60_000 }, () => {
  expect(differences(SOURCES)).toEqual([]);
});

test("at each character of random documents", { timeout: 60_000 }, () => {
  const next = random(11);
  const sources = Array.from({ length: 400 }, (_, i) =>
    i % 2 ? randomDocument(next) : `${pick(SOURCES, next)}\n${pick(SOURCES, next)}`,
  );
  expect(differences(sources)).toEqual([]);
});

test("at each character of words, addresses and code", { timeout: 60_000 }, () => {
  const next = random(77);
  const sources = Array.from({ length: 1000 }, () =>
    Array.from({ length: 20 }, () => pick(WORDS, next) + pick(GLUE, next)).join(""),
  );
  expect(differences(sources)).toEqual([]);
});
