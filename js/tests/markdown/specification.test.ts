import { expect, test } from "vitest";
import { asReference, asSpecified, draw } from "./drawing.ts";
import { EXAMPLES } from "./examples.ts";
import { GFM_EXAMPLES } from "./gfm-examples.ts";
import { hasRawHtml } from "./oracle.ts";

const COMPARABLE = EXAMPLES.filter(({ markdown }) => !hasRawHtml(markdown));

/** Links that the shipped renderer draws otherwise than the specification, and why. */
const SHIPPED_OTHERWISE: ReadonlyMap<number, string> = new Map([
  [596, "the scheme is not allowed: irc"],
  [598, "the scheme is not allowed: a+b+c"],
  [599, "the scheme is not allowed: made-up-scheme"],
  [601, "the scheme is not allowed: localhost"],
  [608, "GFM links a bare URL"],
  [611, "GFM links a bare URL"],
  [612, "GFM links a bare e-mail address"],
]);

test("the specification is version 0.31.2, and 580 of its examples hold no raw HTML", () => {
  expect(EXAMPLES.length).toBe(652);
  expect(COMPARABLE.length).toBe(580);
});

test("spec mode draws every example without raw HTML as the specification says", () => {
  const wrong = COMPARABLE.filter(
    ({ markdown, html }) => asSpecified(draw([markdown], { spec: true })) !== asReference(html),
  );
  expect(wrong.map(({ number }) => number)).toEqual([]);
});

test("shipped mode differs from the specification only in the named examples", () => {
  const wrong = COMPARABLE.filter(
    ({ markdown, html }) => asSpecified(draw([markdown])) !== asReference(html),
  );
  expect(wrong.map(({ number }) => number)).toEqual([...SHIPPED_OTHERWISE.keys()]);
});

test("GFM's extension examples are drawn as its specification says, the raw HTML filter's aside", () => {
  const wrong = GFM_EXAMPLES.filter(
    ({ markdown, html }) => asSpecified(draw([markdown])) !== asReference(html),
  );
  expect(wrong.map(({ section }) => section)).toEqual(["Disallowed raw HTML"]);
});
