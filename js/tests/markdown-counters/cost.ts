/** Cost of one flush in milliseconds: the renderer's own script, and script with the layout that it forces. */
export interface FlushCost {
  script: number;
  total: number;
}

/**
 * Time one flush. The clock ticks in steps of 5 µs on a page that is cross-origin isolated and of 100 µs elsewhere, so
 * only an isolated page gives figures for a single flush.
 */
export function timeFlush(root: HTMLElement, flush: () => void): FlushCost {
  const start = performance.now();
  flush();
  const scripted = performance.now();
  void root.scrollHeight;
  return { script: scripted - start, total: performance.now() - start };
}

/** The value at quantile `q` (0 to 1) of unsorted numbers; 0 for none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
