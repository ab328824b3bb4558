import type { Memory, Place } from "./memory.ts";

/** This close to the end counts as being there, in px. */
const NEAR = 80;
/** A scroll is over when nothing moved for so long, in ms. */
const SETTLED = 150;
/** For so long a view that comes back is kept in its place, in ms. */
const RESTORED = 3_000;

/** Keeps a box at the end of what grows in it, unless the person scrolled away from there. */
export interface Follower {
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
  let following = memory.place === null;
  // Where it goes back to, for as long as what is drawn there changes its size, or until the person does something.
  let held: Place | null = null;
  // Where it followed to before the person scrolled: a fast answer takes the end itself away meanwhile.
  let end = Number.POSITIVE_INFINITY;
  let shown = box.clientHeight > 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const grown = (): void => {
    if (!following) return;
    box.scrollTop = box.scrollHeight;
    end = box.scrollTop;
  };
  const settle = (): void => {
    // Off the page nothing can be measured.
    if (box.clientHeight === 0) return;
    following = fromEnd(box) <= NEAR || end - box.scrollTop <= NEAR;
    if (!following) end = Number.POSITIVE_INFINITY;
    memory.place = following ? null : placeOf(box, content);
    onAway(!following);
  };
  const onScroll = (): void => {
    if (held) {
      hold();
      return;
    }
    // Only a person scrolls up. Until that scroll is over it holds, or a slow one would never leave the end.
    if (box.scrollTop < top && fromEnd(box) > 1) following = false;
    top = box.scrollTop;
    clearTimeout(timer);
    timer = setTimeout(settle, SETTLED);
  };
  const hold = (): void => {
    if (!held) return;
    goTo(box, content, held);
    top = box.scrollTop;
  };
  const release = (): void => {
    held = null;
  };
  const restore = (): void => {
    held = memory.place;
    setTimeout(release, RESTORED);
    hold();
  };
  const onSize = (): void => {
    grown();
    // A host that takes the box off the page for a while loses where it was.
    if (!shown) restore();
    hold();
    shown = box.clientHeight > 0;
  };

  box.scrollTop = box.scrollHeight;
  let top = box.scrollTop;
  restore();
  for (const type of ["wheel", "pointerdown", "keydown", "focusin"])
    box.addEventListener(type, release, { passive: true, signal: life.signal });
  box.addEventListener("scroll", onScroll, { passive: true, signal: life.signal });
  const sizes = new ResizeObserver(onSize);
  sizes.observe(box);
  sizes.observe(content);

  return {
    jump() {
      following = true;
      memory.place = null;
      held = null;
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

function placeOf(box: HTMLElement, content: HTMLElement): Place {
  const { top } = box.getBoundingClientRect();
  // Not all messages at once: to ask where one is lays out what is far.
  const first = (of: Element | undefined): number =>
    [...(of?.children ?? [])].findIndex((element) => element.getBoundingClientRect().bottom > top);
  const group = first(content);
  const message = first(content.children[group]);
  return [group, message, top - (topOf(content, group, message) ?? 0)];
}

function goTo(box: HTMLElement, content: HTMLElement, [group, message, above]: Place): void {
  const at = topOf(content, group, message);
  if (at !== undefined) box.scrollTop += at + above - box.getBoundingClientRect().top;
}

function topOf(content: HTMLElement, group: number, message: number): number | undefined {
  return content.children[group]?.children[message]?.getBoundingClientRect().top;
}

/** How far the end of the content is below the box, in px. */
function fromEnd(box: HTMLElement): number {
  return box.scrollHeight - box.scrollTop - box.clientHeight;
}
