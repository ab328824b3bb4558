/** ipytalk with the highlighter and the math library, which a page asks for when an answer needs them. */
import { highlight } from "../../../../js/src/enhancements/highlight.ts";
import { math } from "../../../../js/src/enhancements/math.ts";
import { createMarkdownStream } from "../../../../js/src/markdown/index.ts";
import type { Create } from "./renderer.ts";

export const create: Create = (root) => createMarkdownStream(root, { highlight, math });
