import type { RefObject } from "preact";
import type { Memory } from "./memory.ts";
import "./resize.css";

const LEAST = 120;
const STEP = 40;

/** The lower edge of the chat, by which the person gives `box` another height. A double click takes it back. */
export function Resize({ box, memory }: { box: RefObject<HTMLDivElement | null>; memory: Memory }) {
  const set = (height: number | null): void => {
    if (!box.current) return;
    const value = height === null ? "" : `${Math.max(LEAST, height)}px`;
    memory.height = value;
    setHeight(box.current, value);
  };
  const onPointerDown = (event: PointerEvent): void => {
    const handle = event.currentTarget as HTMLElement;
    const height = box.current?.offsetHeight ?? 0;
    const life = new AbortController();
    const { signal } = life;
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    handle.addEventListener("pointermove", (move) => set(height + move.clientY - event.clientY), { signal });
    handle.addEventListener("lostpointercapture", () => life.abort(), { signal });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowDown" ? STEP : event.key === "ArrowUp" ? -STEP : 0;
    if (by === 0) return;
    event.preventDefault();
    set((box.current?.offsetHeight ?? 0) + by);
  };
  return (
    <button
      type="button"
      class="ipytalk-resize"
      aria-label="Height: arrow keys change it"
      title="Drag to change the height"
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
      onDblClick={() => set(null)}
    />
  );
}

/** Give `box` the height that the person chose, or with "" the author's. */
export function setHeight(box: HTMLElement, height: string): void {
  box.style.height = height;
  box.style.maxHeight = height || (box.dataset.height ?? "");
}
