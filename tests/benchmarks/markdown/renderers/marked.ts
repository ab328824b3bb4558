import { parse } from "marked";
import type { Create } from "./renderer.ts";

/** The whole answer parsed and set again at each flush: what most notebooks do. */
export const create: Create = (root) => {
  let text = "";
  return {
    write(chunk) {
      text += chunk;
      root.innerHTML = parse(text, { async: false });
    },
    end() {},
  };
};
