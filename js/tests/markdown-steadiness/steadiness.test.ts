import { beforeEach, describe, expect, it } from "vitest";
import { highlight } from "../../src/enhancements/highlight.ts";
import { math } from "../../src/enhancements/math.ts";
import { createMarkdownStream, type Enhancements } from "../../src/markdown/index.ts";
import { chunksOf, seeded } from "../markdown-counters/chunks.ts";
import { type Incident, Steadiness, type SteadinessTotals } from "../markdown-counters/steadiness.ts";
import { AMBIGUOUS } from "../markdown-documents/ambiguous.ts";
import { generatedAnswer } from "../markdown-documents/answer.ts";
import everyConstruct from "../markdown-documents/every-construct.txt?raw";

let root: HTMLElement;

beforeEach(() => {
  document.body.replaceChildren();
  root = document.body.appendChild(document.createElement("div"));
  root.style.width = "720px";
});

interface Seen extends SteadinessTotals {
  incidents: Incident[];
}

function stream(chunks: readonly string[], enhancements: Enhancements = {}): Seen {
  const markdown = createMarkdownStream(root, enhancements);
  const steadiness = new Steadiness(root);
  for (const chunk of chunks) {
    markdown.write(chunk);
    steadiness.flushed();
  }
  markdown.end();
  steadiness.flushed();
  const seen = { ...steadiness.totals(), incidents: steadiness.incidents() };
  steadiness.stop();
  return seen;
}

/** Pieces of 1 to 24 units, as the tokens of a model come. */
function tokensOf(text: string, seed: number): string[] {
  const random = seeded(seed);
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const size = 1 + Math.floor(random() * 24);
    pieces.push(text.slice(at, at + size));
    at += size;
  }
  return pieces;
}

function expectSteady({ incidents, ...totals }: Seen): void {
  const story = JSON.stringify(incidents.slice(0, 12), null, 1);
  expect(totals.flash, story).toBe(0);
  expect(totals.retyped, story).toBeLessThanOrEqual(20);
  expect(totals.removed, story).toBeLessThanOrEqual(1);
  expect(totals.drops, story).toBe(0);
}

describe("a document with every construct", () => {
  it.each([1, 4, 16])("grows steadily at %i characters a flush", (size) => {
    expectSteady(stream(chunksOf(everyConstruct, size)));
  });

  it.each([4, 16])("grows steadily with highlighting and math on, at %i characters a flush", (size) => {
    expectSteady(stream(chunksOf(everyConstruct, size), { highlight, math }));
  });

  it("grows steadily in pieces like a model's tokens", () => {
    expectSteady(stream(tokensOf(everyConstruct, 7)));
  });
});

it("draws a generated answer without a single flash, retyped character, removed node or height drop", () => {
  const { incidents } = stream(chunksOf(generatedAnswer(12_000), 4));
  expect(incidents).toEqual([]);
});

describe("a construct that stays ambiguous", () => {
  it.each(AMBIGUOUS)("retypes no more than it must, one character a flush: $name", ({ source, retyped }) => {
    const seen = stream(chunksOf(source, 1));
    const story = JSON.stringify(seen.incidents, null, 1);
    expect(seen.flash, story).toBe(0);
    expect(seen.retyped, story).toBeLessThanOrEqual(retyped);
  });
});
