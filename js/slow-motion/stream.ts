import { createMarkdownStream } from "../src/markdown/index.ts";
import { type FlushCost, timeFlush } from "../tests/markdown-counters/cost.ts";
import { type MarkerCounts, visibleMarkers } from "../tests/markdown-counters/flash.ts";
import {
  type FlushSteadiness,
  type Incident,
  incident,
  Steadiness,
} from "../tests/markdown-counters/steadiness.ts";

/** One flush as it was when it was played: its cost and what a reader saw. */
export interface Flush {
  cost: FlushCost;
  incident: Incident | undefined;
  seen: FlushSteadiness;
}

/**
 * A document in chunks, drawn up to any one of them. Playing on measures each flush; going to a place replays the same
 * chunks without the counters, so that the DOM there is the one that streaming makes.
 */
export class Stream {
  readonly chunks: readonly string[];
  readonly flushes: (Flush | undefined)[] = [];
  /** Flushes drawn so far; one past the chunks is the stream's end. */
  position = 0;
  readonly #host: HTMLElement;
  readonly #final: MarkerCounts;
  #markdown: ReturnType<typeof createMarkdownStream>;
  #steadiness: Steadiness;
  #root: HTMLElement;

  constructor(host: HTMLElement, chunks: readonly string[]) {
    this.#host = host;
    this.chunks = chunks;
    this.#final = finalMarkers(chunks.join(""));
    [this.#root, this.#markdown, this.#steadiness] = this.#begin();
  }

  get ended(): boolean {
    return this.position > this.chunks.length;
  }

  #begin(): [HTMLElement, ReturnType<typeof createMarkdownStream>, Steadiness] {
    const root = document.createElement("div");
    this.#host.replaceChildren(root);
    return [root, createMarkdownStream(root), new Steadiness(root)];
  }

  /** Draws the next chunk and measures it. */
  advance(): Flush | undefined {
    if (this.ended) return undefined;
    const cost = timeFlush(this.#root, () => this.#write());
    const seen = this.#steadiness.flushed();
    const flush = { cost, seen, incident: incident(this.position - 1, seen, this.#final) };
    this.flushes[this.position - 1] = flush;
    return flush;
  }

  #write(): void {
    const chunk = this.chunks[this.position];
    if (chunk === undefined) this.#markdown.end();
    else this.#markdown.write(chunk);
    this.position++;
  }

  seek(position: number): void {
    const target = Math.max(0, Math.min(position, this.chunks.length + 1));
    this.#steadiness.stop();
    if (target < this.position) {
      [this.#root, this.#markdown, this.#steadiness] = this.#begin();
      this.#steadiness.stop();
      this.position = 0;
    }
    while (this.position < target) this.#write();
    this.#steadiness = new Steadiness(this.#root);
  }

  stop(): void {
    this.#steadiness.stop();
  }
}

/** What the finished answer shows of raw syntax, so that only more than that counts as a flash. */
function finalMarkers(source: string): MarkerCounts {
  const root = document.createElement("div");
  const markdown = createMarkdownStream(root);
  markdown.write(source);
  markdown.end();
  return visibleMarkers(root);
}
