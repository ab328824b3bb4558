import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Message } from "../protocol.ts";
import { isRunning, type Paint } from "../store.ts";
import type { Actions } from "./actions.ts";
import type { Memory } from "./memory.ts";
import { MessageView } from "./message.tsx";

/** Messages this far outside the box, in px, are drawn before they are seen. */
const AHEAD = 1_200;

interface Props {
  readonly messages: readonly Message[];
  /** Whether they are drawn at once. */
  readonly near: boolean;
  readonly able: boolean;
  readonly stopping: boolean;
  readonly paints: Readonly<Record<string, Paint>>;
  readonly actions: Actions;
  readonly memory: Memory;
}

/**
 * Messages that stand together. The browser asks where each of its boxes is at every frame: for a few groups that costs
 * nothing, for hundreds of messages more than to draw what streams.
 *
 * Far from what is seen they are no more than their text; once drawn they stay.
 */
export function Group({ messages, near, able, stopping, paints, actions, memory }: Props) {
  const root = useRef<HTMLElement>(null);
  const [drawn, setDrawn] = useState(near);
  if (near && !drawn) setDrawn(true);
  useEffect(() => {
    if (drawn || !root.current) return undefined;
    const onSight = (entries: IntersectionObserverEntry[]): void => {
      if (entries.some((entry) => entry.isIntersecting)) setDrawn(true);
    };
    const box = root.current.closest(".ipytalk-scroll");
    const watch = new IntersectionObserver(onSight, { root: box, rootMargin: `${AHEAD}px 0px` });
    watch.observe(root.current);
    return () => watch.disconnect();
  }, [drawn]);
  // What didn't change isn't even compared.
  return useMemo(
    () => (
      <section ref={root} class="ipytalk-group">
        {messages.map((message) => (
          <MessageView
            key={message.id}
            message={message}
            actions={actions}
            memory={memory}
            able={able}
            near={drawn}
            stopping={stopping && isRunning(message)}
            paint={paints[message.id]?.painted ?? null}
          />
        ))}
      </section>
    ),
    [drawn, able, stopping, paints, ...messages],
  );
}
