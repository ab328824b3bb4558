/**
 * TeX as MathML, which browsers draw themselves: no font and no style sheet to fetch.
 *
 * A bundle of its own, which a page asks for when it meets the first formula.
 */
import temml from "temml";
import type { MathRenderer } from "../markdown/index.ts";

/** What it doesn't understand stays there as source. `trust` off: no links, classes or styles of the answer's own. */
export const math: MathRenderer = (tex, displayMode) => {
  const holder = document.createElement("span");
  temml.render(tex, holder, {
    displayMode,
    throwOnError: true,
    trust: false,
    strict: false,
    maxExpand: 500,
    maxSize: [20, 50],
  });
  return holder.firstElementChild;
};
