import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icon.tsx";
import type { Memory } from "./memory.ts";
import { setHeight } from "./resize.tsx";
import "./scroll.css";

/** This close to the end counts as being there, in px. */
const NEAR = 80;
/** A scroll is over when nothing moved for so long, in ms. */
const SETTLED = 150;

interface Props {
  readonly memory: Memory;
  readonly box: RefObject<HTMLDivElement | null>;
  readonly height: string;
  /** When this changes, the person has sent something and wants to see it. */
  readonly jumpOn: string | undefined;
  readonly children: ComponentChildren;
}

/** The box that the conversation scrolls in. It follows the end unless the person scrolled away from it. */
export function Scroll({ box, memory, height, jumpOn, children }: Props) {
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(memory.top === null);
  const [away, setAway] = useState(!following.current);

  const toEnd = (): void => {
    if (box.current && following.current) box.current.scrollTop = box.current.scrollHeight;
  };
  const jump = (): void => {
    following.current = true;
    memory.top = null;
    setAway(false);
    toEnd();
  };

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const life = new AbortController();
    let top = element.scrollTop;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const settle = (): void => {
      if (element.clientHeight === 0) return;
      following.current = distance(element) <= NEAR;
      memory.top = following.current ? null : element.scrollTop;
      setAway(!following.current);
    };
    const onScroll = (): void => {
      // Only a person scrolls up. Until that scroll is over it holds, or a slow one would never leave the end.
      if (element.scrollTop < top && distance(element) > 1) following.current = false;
      top = element.scrollTop;
      clearTimeout(timer);
      timer = setTimeout(settle, SETTLED);
    };
    element.addEventListener("scroll", onScroll, { passive: true, signal: life.signal });
    let shown = true;
    const onSize = (): void => {
      toEnd();
      // A host that takes the box off the page for a while loses where it was.
      if (!shown && memory.top !== null) element.scrollTop = memory.top;
      shown = element.clientHeight > 0;
    };
    const sizes = new ResizeObserver(onSize);
    sizes.observe(element);
    if (content.current) sizes.observe(content.current);
    return () => {
      life.abort();
      clearTimeout(timer);
      sizes.disconnect();
    };
  }, []);

  useLayoutEffect(() => {
    if (!box.current) return;
    setHeight(box.current, memory.height);
    if (memory.top !== null) box.current.scrollTop = memory.top;
  }, [box, memory]);
  useLayoutEffect(() => {
    if (jumpOn !== undefined) jump();
  }, [jumpOn]);
  useLayoutEffect(toEnd);

  return (
    <div class="ipytalk-box">
      <div
        ref={box}
        class="ipytalk-scroll"
        role="log"
        aria-live="off"
        aria-label="Conversation"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by keyboard
        tabIndex={0}
        data-height={height}
        style={{ maxHeight: height }}
      >
        <div ref={content} class="ipytalk-transcript">
          {children}
        </div>
      </div>
      {away && (
        <button
          type="button"
          class="ipytalk-jump"
          aria-label="Jump to latest"
          title="Jump to latest"
          onClick={jump}
        >
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}

/** How far the end of the content is below the box, in px. */
function distance(box: HTMLElement): number {
  return box.scrollHeight - box.scrollTop - box.clientHeight;
}
