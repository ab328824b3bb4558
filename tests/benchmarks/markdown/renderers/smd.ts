import { default_renderer, parser, parser_end, parser_write } from "streaming-markdown";
import type { Create } from "./renderer.ts";

export const create: Create = (root) => {
  const state = parser(default_renderer(root));
  return { write: (chunk) => parser_write(state, chunk), end: () => parser_end(state) };
};
