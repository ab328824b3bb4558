import { existsSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { AMBIGUOUS } from "../../../js/tests/markdown-documents/ambiguous.ts";
import { GIANTS } from "../../../js/tests/markdown-documents/giants.ts";
import { Bench, STYLED, versionOf } from "./chromium-page.ts";
import { type CostFigures, costFigures } from "./cost-figures.ts";
import type { CostRun, GiantFigures } from "./page.ts";
import { costTable, giantTable, steadinessTable } from "./tables.ts";

const USAGE = `node tests/benchmarks/markdown/run.mjs [cost] [giants] [steadiness] [options]

Without names, all three. Every figure comes from one Chromium; the renderers take turns.

  --renderers LIST   of ipytalk,ipytalk-enhanced,smd,streamdown,marked (default: all)
  --tokens LIST      lengths of the answer, 4 characters a token (default: 10000,50000)
  --rounds N         runs of ipytalk and smd, whose medians are printed (default: 5)
  --full             time every flush of streamdown and marked at 50k tokens too (minutes), instead of a sample
  --styled WHO       all (default): every renderer draws in ipytalk's stylesheet, as the parts of one page do;
                     own: ipytalk in its stylesheet, the peers in none; none: nobody has one
  --giant TEXT       only the giant block named TEXT, or those whose name contains it
  --json FILE        write every figure to FILE`;

/** Linear enough to be timed at each flush, as often as asked. */
const QUICK = ["ipytalk", "ipytalk-enhanced", "smd"];
const RENDERERS = [...QUICK, "streamdown", "marked"];
/** Above this length the slow peers are sampled: marked alone takes a quarter of an hour. */
const SAMPLED_FROM = 20_000;

export async function main(folder: string, argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      renderers: { type: "string", default: RENDERERS.join(",") },
      tokens: { type: "string", default: "10000,50000" },
      rounds: { type: "string", default: "5" },
      full: { type: "boolean", default: false },
      styled: { type: "string", default: "all" },
      giant: { type: "string", default: "" },
      json: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const asked = positionals.length ? positionals : ["cost", "giants", "steadiness"];
  const renderers = values.renderers
    .split(",")
    .filter((name) => existsSync(join(folder, "renderers", `${name}.ts`)));
  const rounds = Number(values.rounds);
  const results: Record<string, unknown> = {};
  const styled = STYLED.find((who) => who === values.styled);
  if (!styled) {
    console.error(`--styled is one of ${STYLED.join(", ")}, not ${values.styled}`);
    return 2;
  }
  const bench = await Bench.open(folder, renderers, styled);
  try {
    const versions = { smd: "streaming-markdown", streamdown: "streamdown", marked: "marked" };
    const peers = Object.entries(versions).map(([name, pack]) => `${name} ${versionOf(folder, pack)}`);
    console.log(`Chromium ${bench.version()}, ${cpus().length} cores; ${peers.join(", ")}`);
    console.log(
      { all: "all in one stylesheet", own: "ipytalk alone has a stylesheet", none: "no stylesheet" }[styled],
    );

    if (asked.includes("cost")) {
      const cost: Record<string, CostFigures> = {};
      for (const tokens of values.tokens.split(",").map(Number)) {
        const runs = new Map<string, CostRun[]>(renderers.map((renderer) => [renderer, []]));
        for (let round = 0; round < rounds; round++) {
          // Whoever comes second meets a warmer machine.
          const turns = round % 2 ? [...renderers].reverse() : renderers;
          for (const renderer of turns) {
            const quick = QUICK.includes(renderer);
            if (!quick && round > 0) continue;
            const sampled = !quick && !values.full && tokens > SAMPLED_FROM ? { samples: 20 } : {};
            const run = await bench.measure("cost", { renderer, tokens, size: 16, ...sampled });
            runs.get(renderer)?.push(run);
          }
        }
        for (const [renderer, found] of runs) cost[`${renderer} ${tokens}`] = costFigures(found);
      }
      results.cost = cost;
      console.log(costTable(cost, bench.sizes));
    }

    if (asked.includes("giants")) {
      const rows: { renderer: string; runs: GiantFigures[] }[] = [];
      for (const [at, giant] of GIANTS.entries()) {
        const exact = GIANTS.some(({ name }) => name === values.giant);
        if (exact ? giant.name !== values.giant : !giant.name.includes(values.giant)) continue;
        const runs = new Map<string, GiantFigures[]>(renderers.map((renderer) => [renderer, []]));
        for (let round = 0; round < rounds; round++) {
          for (const renderer of renderers) {
            const quick = QUICK.includes(renderer);
            if (!quick && round > 0) continue;
            const pace = quick ? { flushes: 400, feed: 16 } : { flushes: 8, feed: giant.source.length };
            runs.get(renderer)?.push(await bench.measure("giant", { renderer, at, ...pace }));
          }
        }
        for (const [renderer, found] of runs) rows.push({ renderer, runs: found });
      }
      results.giants = rows;
      console.log(giantTable(rows));
    }

    if (asked.includes("steadiness")) {
      const rows = [];
      for (const renderer of renderers) {
        const every = await bench.measure("steadiness", { renderer, size: 4 });
        rows.push({ renderer, document: "every construct", totals: every });
        for (const [ambiguous, { name }] of AMBIGUOUS.entries()) {
          const totals = await bench.measure("steadiness", { renderer, ambiguous, size: 1 });
          rows.push({ renderer, document: name, totals });
        }
      }
      results.steadiness = rows;
      console.log(steadinessTable(rows));
    }
  } finally {
    await bench.close();
  }
  if (values.json) writeFileSync(values.json, `${JSON.stringify(results, null, 1)}\n`);
  return 0;
}
