import { expect, it } from "vitest";
import { AMBIGUOUS } from "./ambiguous.ts";
import { generatedAnswer } from "./answer.ts";
import everyConstruct from "./every-construct.txt?raw";
import { GIANTS } from "./giants.ts";

it("generates the same answer of the asked length for the same seed", () => {
  expect(generatedAnswer(40_000)).toHaveLength(40_000);
  expect(generatedAnswer(40_000)).toBe(generatedAnswer(200_000).slice(0, 40_000));
  expect(generatedAnswer(400, 1)).not.toBe(generatedAnswer(400, 2));
});

it("puts each kind of block into the generated answer", () => {
  const answer = generatedAnswer(40_000);
  for (const block of [
    /^## /m,
    /^- /m,
    /^1\. /m,
    /^\s+- /m,
    /^> /m,
    /^\|.*---/m,
    /^```python$/m,
    /^```sql$/m,
  ]) {
    expect(answer).toMatch(block);
  }
});

it("nests each giant block in a quote and in an item", () => {
  expect(GIANTS).toHaveLength(15);
  for (const { name, source } of GIANTS) {
    const lines = source.split("\n");
    if (name.endsWith("quote")) expect(lines.every((line) => line.startsWith("> "))).toBe(true);
    if (name.endsWith("item"))
      expect(lines.every((line, at) => line.startsWith(at ? "  " : "- "))).toBe(true);
  }
});

it("has one steadiness document of about 9 kB and a document for each ambiguous construct", () => {
  expect(everyConstruct.length).toBeGreaterThan(8_000);
  expect(AMBIGUOUS.map(({ name }) => name)).toHaveLength(7);
});
