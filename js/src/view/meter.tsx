import type { Message, Usage } from "../protocol.ts";
import { textOf } from "../store.ts";
import "./meter.css";

/** What an answer took: times as the kernel measured them, beside this browser's own. */
export function Meter({ message, paint }: { message: Message; paint: number | null }) {
  const { timing, usage, note } = message;
  const ttft = timing?.ttft ?? null;
  const total = timing?.total ?? null;
  const rate = tokenRate(usage, ttft, total);
  const figures: [string, string][] = [];
  if (ttft !== null) figures.push([`${seconds(ttft)} to first token`, "measured in the kernel"]);
  if (paint !== null) figures.push([`${seconds(paint / 1000)} to screen`, "from Send, in this browser"]);
  if (total !== null) figures.push([`${seconds(total)} in all`, "measured in the kernel"]);
  if (rate !== null) figures.push([`${rate} tokens/s`, "output tokens after the first"]);
  if (timing || usage) figures.push([tokens(usage), "as the provider counted them"]);
  if (usage?.currency) figures.push([money(usage.cost, usage.currency), "at the notebook's prices"]);
  return (
    <span class="ipytalk-meter">
      {note && textOf(message).trim() && <span class="ipytalk-reason">{note}</span>}
      {figures.map(([figure, title]) => (
        <span key={title + figure} title={title}>
          {figure}
        </span>
      ))}
    </span>
  );
}

function seconds(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(1)} s`;
}

/** Tokens a second after the first came. Null unless the provider counted and the times are known. */
function tokenRate(usage: Usage | null, ttft: number | null, total: number | null): number | null {
  const out = usage?.output_tokens ?? null;
  if (out === null || ttft === null || total === null || total - ttft < 0.05) return null;
  return Math.round(out / (total - ttft));
}

function tokens(usage: Usage | null): string {
  const {
    input_tokens: input = null,
    output_tokens: output = null,
    cached_tokens: cached = null,
  } = usage ?? {};
  if (input === null && output === null) return "tokens unknown";
  const from = cached ? ` (${count(cached)} cached)` : "";
  return `tokens: ${count(input)} in${from}, ${count(output)} out`;
}

/** As currencies are written, but of a small amount the first two digits: an answer may cost part of a cent. */
function money(cost: number | null | undefined, currency: string): string {
  if (cost == null) return "cost unknown";
  const digits = cost < 0.1 && { maximumSignificantDigits: 2 };
  return cost.toLocaleString("en", { style: "currency", currency, ...digits });
}

function count(value: number | null): string {
  return value === null ? "unknown" : value.toLocaleString("en");
}
