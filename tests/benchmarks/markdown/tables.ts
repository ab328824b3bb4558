import { quantile } from "../../../js/tests/markdown-counters/cost.ts";
import type { SteadinessTotals } from "../../../js/tests/markdown-counters/steadiness.ts";
import type { CostFigures, GiantFigures } from "./page.ts";

type Row = Record<string, string>;

const median = <T>(runs: readonly T[], figure: (run: T) => number) => quantile(runs.map(figure), 0.5);
const times = (value: number, base: number | undefined) => (base ? `${(value / base).toFixed(2)} ×` : "");

/** Line 3 of the must-show list: totals, tails, heap and size, with the ratio to smd in the same run. */
export function costTable(cost: Record<string, CostFigures[]>, sizes: ReadonlyMap<string, number>): string {
  const total = (key: string) => {
    const runs = cost[key];
    return runs ? median(runs, (run) => run.seconds) : undefined;
  };
  const best = (key: string) => {
    const runs = cost[key];
    return runs ? Math.min(...runs.map((run) => run.seconds)) : undefined;
  };
  const rows = Object.entries(cost).map(([key, runs]) => {
    const [renderer = "", tokens = ""] = key.split(" ");
    const seconds = total(key) ?? 0;
    const [short, long] = [total(`${renderer} 10000`), total(`${renderer} 50000`)];
    const first = runs[0];
    const sampled = first && first.timed < first.flushes;
    return {
      renderer,
      tokens,
      "total s": `${sampled ? "~" : ""}${seconds.toFixed(2)}`,
      "÷ smd": times(seconds, total(`smd ${tokens}`)),
      "best ÷ best": times(best(key) ?? 0, best(`smd ${tokens}`)),
      "script s": median(runs, (run) => run.script).toFixed(2),
      "p50 ms": median(runs, (run) => run.p50).toFixed(2),
      "p99 ms": median(runs, (run) => run.p99).toFixed(2),
      "max ms": median(runs, (run) => run.max).toFixed(1),
      "last ÷ middle tenth": times(
        median(runs, (run) => run.lastTenth),
        median(runs, (run) => run.middleTenth),
      ),
      exponent: tokens === "50000" && short && long ? (Math.log(long / short) / Math.log(5)).toFixed(2) : "",
      "peak heap MB": sampled ? "" : median(runs, (run) => run.heapMB).toFixed(1),
      "gz kB": ((sizes.get(renderer) ?? 0) / 1000).toFixed(1),
      "total s of each round": runs.map((run) => run.seconds.toFixed(2)).join(" "),
    };
  });
  const note = "~: 80 flushes at 20 evenly spaced places timed, scaled to all.";
  return titled("An answer, 16 characters a flush: script and forced layout", rows, note);
}

/** Line 4: medians of a flush at 6 % and at 90 % of one giant block. */
export function giantTable(found: readonly { renderer: string; runs: readonly GiantFigures[] }[]): string {
  const late = (name: string, renderer: string) => {
    const same = found.find((row) => row.renderer === renderer && row.runs[0]?.name === name);
    return same && median(same.runs, (run) => run.late.total);
  };
  const rows = found.map(({ renderer, runs }) => {
    const name = runs[0]?.name ?? "";
    const total = median(runs, (run) => run.late.total);
    return {
      block: name,
      renderer,
      "script 6 %": median(runs, (run) => run.early.script).toFixed(3),
      "script 90 %": median(runs, (run) => run.late.script).toFixed(3),
      "with layout 6 %": median(runs, (run) => run.early.total).toFixed(3),
      "with layout 90 %": total.toFixed(3),
      "p95 90 %": median(runs, (run) => run.late.p95).toFixed(3),
      "÷ smd": times(total, late(name, "smd")),
    };
  });
  return titled("Giant blocks, 4 characters a flush: median ms", rows);
}

/** Line 5: the steadiness counters. */
export function steadinessTable(
  found: readonly { renderer: string; document: string; totals: SteadinessTotals }[],
): string {
  const rows = found.map(({ renderer, document, totals }) => ({
    document,
    renderer,
    flushes: String(totals.flushes),
    flash: String(totals.flash),
    retyped: String(totals.retyped),
    removed: String(totals.removed),
    "height drops": String(totals.drops),
  }));
  rows.sort((one, two) => order(rows, one.document) - order(rows, two.document));
  return titled("Steadiness: every construct at 4 characters a flush, ambiguous ones alone at 1", rows);
}

const order = (rows: readonly { document: string }[], document: string) =>
  rows.findIndex((row) => row.document === document);

function titled(title: string, rows: readonly Row[], note = ""): string {
  const columns = Object.keys(rows[0] ?? {});
  const widths = columns.map((column) =>
    Math.max(...[column, ...rows.map((row) => row[column] ?? "")].map((cell) => cell.length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(" | ")} |`;
  const ruler = `|${widths.map((width, at) => (at < 2 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  const body = rows.map((row) => line(columns.map((column) => row[column] ?? "")));
  return ["", title, "", line(columns), ruler, ...body, ...(note ? ["", note] : [])].join("\n");
}
