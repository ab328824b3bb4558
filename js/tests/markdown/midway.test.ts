/** In mid-stream, too, the text on the page doesn't depend on how the source was cut. */
import { expect, test } from "vitest";
import { createMarkdownStream } from "../../src/markdown/index.ts";
import { EXAMPLES, pick, random } from "./examples.ts";
import { GFM_EXAMPLES } from "./gfm-examples.ts";
import { randomDocument } from "./random-documents.ts";

const SOURCES = [...EXAMPLES, ...GFM_EXAMPLES].map(({ markdown }) => markdown);

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
