/**
 * Whatever the chunks were, the DOM is the one-shot's. The one-shot itself is judged by commonmark.js.
 *
 * Counts are what the issue asks for; the seeds are fixed, so that a failure comes back.
 */
import { expect, test } from "vitest";
import { asReference, asSpecified, draw } from "./drawing.ts";
import { chunks, EXAMPLES, pick, random } from "./examples.ts";
import { GFM_EXAMPLES } from "./gfm-examples.ts";
import { oracle } from "./oracle.ts";
import { randomDocument } from "./random-documents.ts";

const SOURCES = [...EXAMPLES, ...GFM_EXAMPLES].map(({ markdown }) => markdown);

interface Difference {
  readonly source: string;
  readonly streamed: string;
  readonly whole: string;
}

function compare(source: string, parts: Iterable<string>, spec = false): Difference | null {
  const streamed = draw(parts, { spec });
  const whole = draw([source], { spec });
  return streamed.isEqualNode(whole)
    ? null
    : { source, streamed: streamed.innerHTML, whole: whole.innerHTML };
}

function differences(found: Iterable<Difference | null>): Difference[] {
  const all: Difference[] = [];
  for (const one of found) if (one) all.push(one);
  return all.slice(0, 3); // enough to work with
}

function triple(next: () => number): string {
  return [pick(SOURCES, next), pick(SOURCES, next), pick(SOURCES, next)].join(pick(["", "\n", "\n\n"], next));
}

test("every example drawn character by character equals the one-shot", () => {
  const found = SOURCES.flatMap((source) => [
    compare(source, source.split("")),
    compare(source, source.split(""), true),
  ]);
  expect(differences(found)).toEqual([]);
});

test("every example drawn at random splits equals the one-shot", () => {
  const next = random(1);
  expect(differences(SOURCES.map((source) => compare(source, chunks(source, next))))).toEqual([]);
});

test("10,000 random triples of examples drawn at random splits equal the one-shot", {
  timeout: 120_000,
}, () => {
  const next = random(2);
  function* all(): Generator<Difference | null> {
    for (let i = 0; i < 10_000; i++) {
      const source = triple(next);
      yield compare(source, chunks(source, next, pick([1, 4, 16, 64], next)));
    }
  }
  expect(differences(all())).toEqual([]);
});

test("10,000 random documents drawn at random splits equal the one-shot", { timeout: 120_000 }, () => {
  const next = random(3);
  function* all(): Generator<Difference | null> {
    for (let i = 0; i < 10_000; i++) {
      const source = randomDocument(next);
      yield compare(source, chunks(source, next, pick([1, 4, 16], next)));
    }
  }
  expect(differences(all())).toEqual([]);
});

test("commonmark.js draws random triples of the specification's examples as spec mode does", {
  timeout: 60_000,
}, () => {
  const next = random(4);
  const wrong: object[] = [];
  let compared = 0;
  for (let i = 0; i < 10_000; i++) {
    const source = [pick(EXAMPLES, next), pick(EXAMPLES, next), pick(EXAMPLES, next)]
      .map(({ markdown }) => markdown)
      .join(pick(["", "\n", "\n\n"], next));
    const html = isCovered(source) ? oracle(source) : null;
    if (html === null) continue;
    compared++;
    const ours = asSpecified(draw([source], { spec: true }));
    const theirs = asReference(html);
    if (ours !== theirs) wrong.push({ source, ours, theirs });
  }
  expect(wrong.slice(0, 3)).toEqual([]);
  expect(compared).toBeGreaterThan(1500);
});

test("commonmark.js draws random CommonMark documents as spec mode does", { timeout: 60_000 }, () => {
  const next = random(5);
  const wrong: object[] = [];
  let compared = 0;
  for (let i = 0; i < 10_000; i++) {
    const source = randomDocument(next);
    const html = isCovered(source) ? oracle(source) : null;
    if (html === null) continue;
    compared++;
    const ours = asSpecified(draw([source], { spec: true }));
    const theirs = asReference(html);
    if (ours !== theirs) wrong.push({ source, ours, theirs });
  }
  expect(wrong.slice(0, 3)).toEqual([]);
  expect(compared).toBeGreaterThan(500);
});

/**
 * Where commonmark.js can judge: it knows no tables, strikethrough and task lists. And it errs in three things: of two
 * definitions of a label it takes the second when only that one stands before a setext heading, it knows no tabs at a
 * definition's end, and it takes half of a surrogate pair for a letter.
 */
function isCovered(source: string): boolean {
  if (/[|~]|\[[ xX]\]|:-|-:|\]:[\s\S]*\t|[\u{10000}-\u{10ffff}]/u.test(source)) return false;
  const labels = [...source.matchAll(/\[([^\]]+)\]:/g)].map((found) => found[1]?.toLowerCase());
  return new Set(labels).size === labels.length;
}
