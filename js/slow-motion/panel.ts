import { quantile } from "../tests/markdown-counters/cost.ts";
import type { Incident } from "../tests/markdown-counters/steadiness.ts";
import type { Flush } from "./stream.ts";

type Verdict = "good" | "bad" | "";

/** The counters of what was played so far, as a list of terms. */
export function drawCounters(list: HTMLElement, flushes: readonly (Flush | undefined)[]): void {
  const played = flushes.filter((flush) => flush !== undefined);
  const found = played.map((flush) => flush.incident).filter((incident) => incident !== undefined);
  const count = (figure: (incident: Incident) => number) =>
    found.reduce((all, incident) => all + figure(incident), 0);
  const totals = played.map((flush) => flush.cost.total);
  const scripts = played.map((flush) => flush.cost.script);
  const steady = (name: string, value: number, limit: number) =>
    [name, String(value), value > limit ? "bad" : "good"] as const;
  const ms = (values: readonly number[], q: number) => `${quantile(values, q).toFixed(2)} ms`;
  const last = played.at(-1);
  const rows: (readonly [string, string, Verdict])[] = [
    steady(
      "flashes",
      count((incident) => (incident.flash.length ? 1 : 0)),
      0,
    ),
    steady(
      "retyped characters",
      count((incident) => incident.retyped),
      20,
    ),
    steady(
      "removed nodes",
      count((incident) => incident.removed.length),
      1,
    ),
    steady(
      "height drops",
      count((incident) => (incident.drop ? 1 : 0)),
      0,
    ),
    ["flushes measured", String(played.length), ""],
    ["last flush", `${last?.cost.total.toFixed(2) ?? "–"} ms`, ""],
    ["median, script", ms(scripts, 0.5), ""],
    ["median, with layout", ms(totals, 0.5), ""],
    ["p99, with layout", ms(totals, 0.99), quantile(totals, 0.99) > 5 ? "bad" : "good"],
  ];
  list.replaceChildren(
    ...rows.map(([name, value, verdict]) => {
      const row = document.createElement("div");
      row.className = verdict;
      row.append(element("dt", name), element("dd", value));
      return row;
    }),
  );
}

/** One line of the log; a click goes to the flush before it, so that a step shows what happened. */
export function logEntry(found: Incident, source: string, go: (flush: number) => void): HTMLElement {
  const button = element("button", `${found.flush}: ${story(found)}`) as HTMLButtonElement;
  button.type = "button";
  button.title = `after ${JSON.stringify(source)}${found.removed.length ? `\nremoved ${found.removed.join(", ")}` : ""}`;
  button.addEventListener("click", () => go(found.flush));
  const entry = document.createElement("li");
  entry.append(button);
  return entry;
}

function story({ flash, retyped, removed, drop }: Incident): string {
  return [
    flash.length ? `flash of ${flash.join(", ")}` : "",
    retyped ? `${retyped} retyped` : "",
    removed.length ? `${removed.length} removed` : "",
    drop ? `${drop} px lower` : "",
  ]
    .filter(Boolean)
    .join(", ");
}

function element(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
