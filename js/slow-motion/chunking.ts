import { chunksOf, seeded } from "../tests/markdown-counters/chunks.ts";

/** The pieces that `how` (a size, `token`, `word` or `line`) makes of a text. */
export function chunked(text: string, how: string): string[] {
  if (how === "line") return text.match(/[^\n]*\n|[^\n]+/g) ?? [];
  if (how === "word") return text.match(/\s*\S+|\s+/g) ?? [];
  if (how === "token") return tokens(text);
  return chunksOf(text, Number(how));
}

/** Pieces of 1 to 8 units, the same each time. */
function tokens(text: string): string[] {
  const random = seeded(8);
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const size = 1 + Math.floor(random() * 8);
    pieces.push(text.slice(at, at + size));
    at += size;
  }
  return pieces;
}
