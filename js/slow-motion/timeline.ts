import type { Flush } from "./stream.ts";

/**
 * The stream from left to right: a bar for what each flush cost, on a square-root scale up to one frame, and a mark where
 * a flush wasn't steady. What was skipped is left blank.
 */
export class Timeline {
  readonly #canvas: HTMLCanvasElement;

  constructor(canvas: HTMLCanvasElement, seek: (share: number) => void) {
    this.#canvas = canvas;
    const toShare = (event: PointerEvent) => {
      const box = canvas.getBoundingClientRect();
      seek(Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)));
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      toShare(event);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) toShare(event);
    });
  }

  draw(flushes: readonly (Flush | undefined)[], position: number, count: number): void {
    const canvas = this.#canvas;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    canvas.width = width * devicePixelRatio;
    canvas.height = height * devicePixelRatio;
    canvas.setAttribute("aria-valuenow", String(position));
    canvas.setAttribute("aria-valuemax", String(count));
    const paint = canvas.getContext("2d");
    if (!paint) return;
    paint.scale(devicePixelRatio, devicePixelRatio);
    const color = (name: string) => getComputedStyle(canvas).getPropertyValue(name);
    const floor = height - 16;

    // Many flushes share a pixel in a long document: the dearest one is shown.
    const columns = new Float64Array(width);
    const marked = new Set<number>();
    for (const [at, flush] of flushes.entries()) {
      if (!flush) continue;
      const x = Math.min(width - 1, Math.floor((at / count) * width));
      const until = Math.min(width - 1, Math.max(x, Math.ceil(((at + 1) / count) * width) - 1));
      for (let column = x; column <= until; column++)
        columns[column] = Math.max(columns[column] ?? 0, flush.cost.total);
      if (flush.incident) marked.add(x);
    }
    paint.fillStyle = color("--played");
    paint.fillRect(0, floor, (position / count) * width, 1);
    for (const [x, cost] of columns.entries()) {
      if (!cost) continue;
      paint.fillStyle = color(cost > FRAME ? "--bad" : cost > 5 ? "--warn" : "--good");
      const bar = Math.max(1, Math.sqrt(Math.min(1, cost / FRAME)) * floor);
      paint.fillRect(x, floor - bar, 1, bar);
    }
    paint.fillStyle = color("--bad");
    for (const x of marked) {
      paint.beginPath();
      paint.arc(x, floor + 9, 3, 0, 2 * Math.PI);
      paint.fill();
    }
    paint.fillStyle = color("--text");
    paint.fillRect(Math.min(width - 2, (position / count) * width), 0, 2, height);
  }
}

/** Milliseconds of one frame at 60 Hz: a dearer flush is seen as a stutter. */
const FRAME = 16.7;
