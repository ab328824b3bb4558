import { flashing, type Marker, type MarkerCounts, visibleMarkers } from "./flash.ts";
import { RemovedNodes } from "./removed.ts";
import { type Drawn, drawn, NOTHING_DRAWN, retyped } from "./retyped.ts";

/** Smaller drops are rounding: a line box that changes its font by a fraction of a pixel. */
const DROP = 3;

export interface FlushSteadiness {
  markers: MarkerCounts;
  retyped: number;
  removed: Node[];
  /** Pixels by which the root became lower, 0 if it didn't by more than 3. */
  drop: number;
}

export interface SteadinessTotals {
  flushes: number;
  flash: number;
  retyped: number;
  removed: number;
  drops: number;
}

/** The four counters of steadiness over one stream. Call `flushed` after each write, `totals` at the end. */
export class Steadiness {
  readonly #root: HTMLElement;
  readonly #removed: RemovedNodes;
  #drawn: Drawn = NOTHING_DRAWN;
  #height: number;
  readonly #flushes: FlushSteadiness[] = [];

  constructor(root: HTMLElement) {
    this.#root = root;
    this.#removed = new RemovedNodes(root);
    this.#drawn = drawn(root);
    this.#height = root.scrollHeight;
  }

  flushed(): FlushSteadiness {
    const removed = this.#removed.take();
    const now = drawn(this.#root);
    const height = this.#root.scrollHeight;
    const fell = this.#height - height;
    const flush: FlushSteadiness = {
      markers: visibleMarkers(this.#root),
      retyped: retyped(this.#drawn, now),
      removed,
      drop: fell > DROP ? fell : 0,
    };
    this.#drawn = now;
    this.#height = height;
    this.#flushes.push(flush);
    return flush;
  }

  /** Markers are compared with `final`: by default those that stand now, when the stream has ended. */
  totals(final: MarkerCounts = visibleMarkers(this.#root)): SteadinessTotals {
    const totals: SteadinessTotals = {
      flushes: this.#flushes.length,
      flash: 0,
      retyped: 0,
      removed: 0,
      drops: 0,
    };
    for (const flush of this.#flushes) {
      if (flashing(flush.markers, final).length > 0) totals.flash++;
      totals.retyped += flush.retyped;
      totals.removed += flush.removed.length;
      if (flush.drop > 0) totals.drops++;
    }
    return totals;
  }

  /** Each flush that wasn't steady, for a failing test's message and the slow-motion page's log. */
  incidents(final: MarkerCounts = visibleMarkers(this.#root)): Incident[] {
    return this.#flushes
      .map((flush, index) => incident(index, flush, final))
      .filter((found): found is Incident => found !== undefined);
  }

  stop(): void {
    this.#removed.stop();
  }
}

export interface Incident {
  flush: number;
  flash: Marker[];
  retyped: number;
  removed: string[];
  drop: number;
}

export function incident(index: number, flush: FlushSteadiness, final: MarkerCounts): Incident | undefined {
  const flash = flashing(flush.markers, final);
  if (!flash.length && !flush.retyped && !flush.removed.length && !flush.drop) return undefined;
  const removed = flush.removed.map((node) => `${node.nodeName}: ${(node.textContent ?? "").slice(0, 60)}`);
  return { flush: index, flash, retyped: flush.retyped, removed, drop: flush.drop };
}
