import { createMarkdownStream } from "../../../../js/src/markdown/index.ts";
import type { Create } from "./renderer.ts";

export const create: Create = (root) => createMarkdownStream(root);
