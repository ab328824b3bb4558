/** What runs inside Chromium: one renderer, one document, one measure. The driver calls `window.measure`. */
import { chunksOf } from "../../../js/tests/markdown-counters/chunks.ts";
import { quantile, sum, timeFlush } from "../../../js/tests/markdown-counters/cost.ts";
import { Steadiness, type SteadinessTotals } from "../../../js/tests/markdown-counters/steadiness.ts";
import { AMBIGUOUS } from "../../../js/tests/markdown-documents/ambiguous.ts";
import { generatedAnswer } from "../../../js/tests/markdown-documents/answer.ts";
import everyConstruct from "../../../js/tests/markdown-documents/every-construct.txt?raw";
import { GIANTS } from "../../../js/tests/markdown-documents/giants.ts";
import type { Create, Stream } from "./renderers/renderer.ts";

export interface Order {
  renderer: string;
}

/** One run: what each timed flush cost, in ms, and where in the stream it was (0 to 1). */
export interface CostRun {
  flushes: number;
  script: number[];
  total: number[];
  places: number[];
  heapMB: number;
}

export interface GiantFigures {
  name: string;
  early: { script: number; total: number };
  late: { script: number; total: number; mean: number; p95: number };
  /** Does the renderer draw it as the one block that it is? */
  whole: boolean;
}

declare global {
  // Chromium's own, with --enable-precise-memory-info.
  interface Performance {
    memory: { usedJSHeapSize: number };
  }
  interface Window {
    measure: typeof measure;
  }
}

async function begin({ renderer }: Order): Promise<{ root: HTMLElement; stream: Stream }> {
  if (!crossOriginIsolated) throw new Error("the page isn't isolated: its clock ticks in 100 µs");
  const { create } = (await import(`/renderers/${renderer}.js`)) as { create: Create };
  const root = document.getElementById("root") as HTMLElement;
  return { root, stream: await create(root) };
}

const channel = new MessageChannel();

/** Each flush is a task of its own, as in life: the page may paint and run its effects between two, untimed. */
const breathe = () =>
  new Promise((resume) => {
    channel.port1.onmessage = resume;
    channel.port2.postMessage(0);
  });

const used = () => performance.memory.usedJSHeapSize / 2 ** 20;

const measure = {
  /**
   * A whole answer, `size` units a flush. With `samples`, a run of 4 flushes at that many evenly spaced places is timed,
   * and the text between them is written at once.
   */
  async cost(order: Order & { tokens: number; size: number; samples?: number }): Promise<CostRun> {
    const { root, stream } = await begin(order);
    const chunks = chunksOf(generatedAnswer(order.tokens * 4), order.size);
    const timed = timedFlushes(chunks.length, order.samples);
    const script: number[] = [];
    const total: number[] = [];
    const places: number[] = [];
    globalThis.gc?.();
    const before = used();
    let heap = before;
    let skipped = "";
    for (const [at, chunk] of chunks.entries()) {
      if (!timed(at)) {
        skipped += chunk;
        continue;
      }
      if (skipped) {
        stream.write(skipped);
        void root.scrollHeight;
        skipped = "";
      }
      const cost = timeFlush(root, () => stream.write(chunk));
      script.push(cost.script);
      total.push(cost.total);
      places.push(at / chunks.length);
      if (total.length % 64 === 0) heap = Math.max(heap, used());
      await breathe();
    }
    heap = Math.max(heap, used());
    stream.write(skipped);
    stream.end();
    return { flushes: chunks.length, script, total, places, heapMB: heap - before };
  },

  /** One giant block, 4 units a flush, timed from 6 % and from 90 % of it for `flushes` flushes; medians. */
  async giant(order: Order & { at: number; flushes: number; feed: number }): Promise<GiantFigures> {
    const giant = GIANTS[order.at];
    if (!giant) throw new Error(`no giant block ${order.at}`);
    const { root, stream } = await begin(order);
    let written = 0;
    const writeTo = (share: number) => {
      const until = Math.floor(giant.source.length * share);
      for (; written < until; written += order.feed) {
        stream.write(giant.source.slice(written, Math.min(written + order.feed, until)));
        if (written % 1024 < order.feed) void root.scrollHeight;
      }
      written = until;
      void root.scrollHeight;
    };
    const window = async () => {
      const script: number[] = [];
      const total: number[] = [];
      for (const chunk of chunksOf(giant.source.slice(written, written + 4 * order.flushes), 4)) {
        const cost = timeFlush(root, () => stream.write(chunk));
        written += chunk.length;
        script.push(cost.script);
        total.push(cost.total);
        await breathe();
      }
      // Beside the median the mean: a renderer that keeps text back draws nothing in half of its flushes.
      const mean = sum(total) / total.length;
      return { script: quantile(script, 0.5), total: quantile(total, 0.5), mean, p95: quantile(total, 0.95) };
    };
    writeTo(0.06);
    const early = await window();
    writeTo(0.9);
    const late = await window();
    return { name: giant.name, early, late, whole: root.querySelector(giant.whole) !== null };
  },

  /** The steadiness counters on the document with every construct, or on one ambiguous construct. */
  async steadiness(order: Order & { ambiguous?: number; size: number }): Promise<SteadinessTotals> {
    const { root, stream } = await begin(order);
    const alone = order.ambiguous === undefined ? undefined : AMBIGUOUS[order.ambiguous];
    const steadiness = new Steadiness(root);
    for (const chunk of chunksOf(alone?.source ?? everyConstruct, order.size)) {
      stream.write(chunk);
      steadiness.flushed();
      await breathe();
    }
    stream.end();
    steadiness.flushed();
    const totals = steadiness.totals();
    steadiness.stop();
    return totals;
  },
};

export type Measure = typeof measure;
window.measure = measure;

function timedFlushes(flushes: number, samples?: number): (at: number) => boolean {
  if (!samples) return () => true;
  const wanted = new Set<number>();
  for (let sample = 0; sample < samples; sample++) {
    const first = Math.floor(((sample + 0.5) / samples) * flushes);
    for (let next = 0; next < 4; next++) wanted.add(first + next);
  }
  return (at) => wanted.has(at);
}
