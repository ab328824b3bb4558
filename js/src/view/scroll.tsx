import type { ComponentChildren, RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Follower, follow } from "./follow.ts";
import { setHeight } from "./height.ts";
import { Icon } from "./icon.tsx";
import type { Memory } from "./memory.ts";
import "./scroll.css";

interface Props {
  readonly memory: Memory;
  readonly box: RefObject<HTMLDivElement | null>;
  readonly height: string;
  /** When this changes, the person has sent something and wants to see it. */
  readonly jumpOn: string | undefined;
  readonly children: ComponentChildren;
}

/** The box that the conversation scrolls in. */
export function Scroll({ box, memory, height, jumpOn, children }: Props) {
  const content = useRef<HTMLDivElement>(null);
  const follower = useRef<Follower | null>(null);
  const [away, setAway] = useState(memory.place !== null);

  useLayoutEffect(() => {
    if (!box.current || !content.current) return;
    setHeight(box.current, memory.height);
    const following = follow(box.current, content.current, memory, setAway);
    follower.current = following;
    return () => following.stop();
  }, [box, memory]);
  useLayoutEffect(() => {
    if (jumpOn !== undefined) follower.current?.jump();
  }, [jumpOn]);

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
          onClick={() => {
            follower.current?.jump();
            box.current?.focus({ preventScroll: true });
          }}
        >
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}
