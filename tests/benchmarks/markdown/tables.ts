import { quantile } from "../../../js/tests/markdown-counters/cost.ts";
import type { SteadinessTotals } from "../../../js/tests/markdown-counters/steadiness.ts";
import type { CostFigures } from "./cost-figures.ts";
import type { GiantFigures } from "./page.ts";

type Row = Record<string, string>;

const median = <T>(runs: readonly T[], figure: (run: T) => number) => quantile(runs.map(figure), 0.5);
const times = (value: number, base: number | undefined) => (base ? `${(value / base).toFixed(2)} ×` : "");

/** Line 3 of the must-show list: totals, tails, heap and size, with the ratio to smd in the same run. */
export function costTable(cost: Record<string, CostFigures>, sizes: ReadonlyMap<string, number>): string {
  const rows = Object.entries(cost).map(([key, figures]) => {
    const [renderer = "", tokens = ""] = key.split(" ");
    const smd = cost[`smd ${tokens}`];
    const round = quantile(figures.rounds, 0.5);
    const [short, long] = [cost[`${renderer} 10000`], cost[`${renderer} 50000`]];
    const exponent = short && long ? Math.log(long.seconds / short.seconds) / Math.log(5) : undefined;
    return {
      renderer,
      tokens,
      "total s": `${figures.sampled ? "~" : ""}${figures.seconds.toFixed(2)}`,
      "÷ smd": times(figures.seconds, smd?.seconds),
      "a round s": round.toFixed(2),
      "round ÷ smd": times(round, smd && quantile(smd.rounds, 0.5)),
      "script s": figures.script.toFixed(2),
      "p50 ms": figures.p50.toFixed(2),
      "p99 ms": figures.p99.toFixed(2),
      "max ms": figures.max.toFixed(1),
      "last ÷ middle tenth": figures.lastToMiddle.toFixed(2),
      exponent: tokens === "50000" ? (exponent?.toFixed(2) ?? "") : "",
      "peak heap MB": figures.sampled ? "" : figures.heapMB.toFixed(1),
      "gz kB": ((sizes.get(renderer) ?? 0) / 1000).toFixed(1),
      "s of each round": figures.rounds.map((seconds) => seconds.toFixed(2)).join(" "),
    };
  });
  const note =
    "Each flush counts with the median of its rounds, which leaves out what befell one round (and collections of garbage);\n" +
    "`a round` is the median of whole rounds. ~: 80 flushes at 20 evenly spaced places, scaled to all.";
  return titled("An answer, 16 characters a flush: script and forced layout", rows, note);
}

/** Line 4: medians of a flush at 6 % and at 90 % of one giant block. */
export function giantTable(found: readonly { renderer: string; runs: readonly GiantFigures[] }[]): string {
  const late = (name: string, renderer: string, figure: (run: GiantFigures) => number) => {
    const same = found.find((row) => row.renderer === renderer && row.runs[0]?.name === name);
    return same?.runs[0]?.whole ? median(same.runs, figure) : undefined;
  };
  const rows = found.map(({ renderer, runs }) => {
    const name = runs[0]?.name ?? "";
    const total = median(runs, (run) => run.late.total);
    const mean = median(runs, (run) => run.late.mean);
    return {
      block: name,
      renderer,
      "script 6 %": median(runs, (run) => run.early.script).toFixed(3),
      "script 90 %": median(runs, (run) => run.late.script).toFixed(3),
      "with layout 6 %": median(runs, (run) => run.early.total).toFixed(3),
      "with layout 90 %": total.toFixed(3),
      "p95 90 %": median(runs, (run) => run.late.p95).toFixed(3),
      "÷ smd": times(
        total,
        late(name, "smd", (run) => run.late.total),
      ),
      "mean 90 %": mean.toFixed(3),
      "mean ÷ smd": times(
        mean,
        late(name, "smd", (run) => run.late.mean),
      ),
      "one block": runs[0]?.whole ? "yes" : "no",
    };
  });
  const note = "No ratio to who draws it as many small blocks, or as text.";
  return titled("Giant blocks, 4 characters a flush: median ms", rows, note);
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
