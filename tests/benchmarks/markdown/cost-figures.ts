import { quantile, sum } from "../../../js/tests/markdown-counters/cost.ts";
import type { CostRun } from "./page.ts";

export interface CostFigures {
  sampled: boolean;
  seconds: number;
  script: number;
  p50: number;
  p99: number;
  max: number;
  lastToMiddle: number;
  heapMB: number;
  /** The seconds of each whole run. */
  rounds: number[];
}

/**
 * The figures of several runs of one stream. Each flush does the same work in each run, so its cost is the median of its
 * runs: what another process took from one run is left out, what the renderer costs each time stays. Sampled runs are
 * scaled to the number of flushes.
 */
export function costFigures(runs: readonly CostRun[]): CostFigures {
  const first = runs[0];
  if (!first) throw new Error("no run to take figures from");
  const scale = first.flushes / first.total.length / 1000;
  const perFlush = (figure: (run: CostRun) => readonly number[]) =>
    first.places.map((_, at) =>
      quantile(
        runs.map((run) => figure(run)[at] ?? 0),
        0.5,
      ),
    );
  const total = perFlush((run) => run.total);
  const tenth = (from: number) => {
    const inside = total.filter(
      (_, at) => (first.places[at] ?? 0) >= from && (first.places[at] ?? 0) < from + 0.1,
    );
    return sum(inside) / inside.length;
  };
  return {
    sampled: first.total.length < first.flushes,
    seconds: sum(total) * scale,
    script: sum(perFlush((run) => run.script)) * scale,
    p50: quantile(total, 0.5),
    p99: quantile(total, 0.99),
    max: quantile(total, 1),
    lastToMiddle: tenth(0.9) / tenth(0.45),
    heapMB: Math.max(...runs.map((run) => run.heapMB)),
    rounds: runs.map((run) => sum(run.total) * scale),
  };
}
