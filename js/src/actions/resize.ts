import { setHeight } from "../view/height.ts";
import type { Memory } from "../view/memory.ts";
import { element } from "./element.ts";

const LEAST = 120;
const STEP = 40;

/** The lower edge of the chat, by which the person gives its box another height. A double click takes it back. */
export function resizer(root: HTMLElement, memory: Memory): HTMLButtonElement {
  const boxOf = () => root.querySelector<HTMLElement>(".ipytalk-scroll");
  const heightOf = () => boxOf()?.offsetHeight ?? 0;
  const set = (height: number | null): void => {
    const box = boxOf();
    if (!box) return;
    memory.height = height === null ? "" : `${Math.max(LEAST, height)}px`;
    setHeight(box, memory.height);
  };
  const handle = element("button", {
    type: "button",
    className: "ipytalk-resize",
    label: "Height: arrow keys change it",
    title: "Drag to change the height",
    ondblclick: () => set(null),
    onkeydown(event) {
      const by = event.key === "ArrowDown" ? STEP : event.key === "ArrowUp" ? -STEP : 0;
      if (by === 0) return;
      event.preventDefault();
      set(heightOf() + by);
    },
    onpointerdown(event) {
      const height = heightOf();
      const life = new AbortController();
      const { signal } = life;
      event.preventDefault();
      handle.setPointerCapture(event.pointerId);
      handle.addEventListener("pointermove", (move) => set(height + move.clientY - event.clientY), {
        signal,
      });
      handle.addEventListener("lostpointercapture", () => life.abort(), { signal });
    },
  });
  return handle;
}
