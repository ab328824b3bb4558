import { createElement } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { Streamdown } from "streamdown";
import type { Create } from "./renderer.ts";

/** Its shipped defaults: no highlighter, no math. `flushSync` so that a flush ends with its DOM. */
export const create: Create = (root) => {
  const react = createRoot(root);
  let text = "";
  const draw = (isAnimating: boolean) =>
    flushSync(() => react.render(createElement(Streamdown, { isAnimating }, text)));
  return {
    write(chunk) {
      text += chunk;
      draw(true);
    },
    end: () => draw(false),
  };
};
