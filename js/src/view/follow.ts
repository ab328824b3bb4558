import type { Memory } from "./memory.ts";

/** This close to the end counts as being there, in px. */
const NEAR = 80;
/** A scroll is over when nothing moved for so long, in ms. */
const SETTLED = 150;

/** Keeps a box at the end of what grows in it, unless the person scrolled away from there. */
export interface Follower {
  /** The content may have grown. */
  grown(): void;
  /** The person wants to see the end. */
  jump(): void;
  stop(): void;
}

/** Begin to follow `content` in `box`. `onAway` hears whether the person is away from the end. */
export function follow(
  box: HTMLElement,
  content: HTMLElement,
  memory: Memory,
  onAway: (away: boolean) => void,
): Follower {
  const life = new AbortController();
  let following = memory.top === null;
  let shown = box.clientHeight > 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const grown = (): void => {
    if (following) box.scrollTop = box.scrollHeight;
  };
  const settle = (): void => {
    // Off the page nothing can be measured.
    if (box.clientHeight === 0) return;
    following = fromEnd(box) <= NEAR;
    memory.top = following ? null : box.scrollTop;
    onAway(!following);
  };
  const onScroll = (): void => {
    // Only a person scrolls up. Until that scroll is over it holds, or a slow one would never leave the end.
    if (box.scrollTop < top && fromEnd(box) > 1) following = false;
    top = box.scrollTop;
    clearTimeout(timer);
    timer = setTimeout(settle, SETTLED);
  };
  const onSize = (): void => {
    grown();
    // A host that takes the box off the page for a while loses where it was.
    if (!shown && memory.top !== null) box.scrollTop = memory.top;
    shown = box.clientHeight > 0;
  };

  box.scrollTop = memory.top ?? box.scrollHeight;
  let top = box.scrollTop;
  box.addEventListener("scroll", onScroll, { passive: true, signal: life.signal });
  const sizes = new ResizeObserver(onSize);
  sizes.observe(box);
  sizes.observe(content);

  return {
    grown,
    jump() {
      following = true;
      memory.top = null;
      onAway(false);
      grown();
    },
    stop() {
      life.abort();
      clearTimeout(timer);
      sizes.disconnect();
    },
  };
}

/** How far the end of the content is below the box, in px. */
function fromEnd(box: HTMLElement): number {
  return box.scrollHeight - box.scrollTop - box.clientHeight;
}
