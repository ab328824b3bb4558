import type { RefObject } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Message } from "../protocol.ts";
import { isRunning, type Paint } from "../store.ts";
import type { Actions } from "./actions.ts";
import type { Memory } from "./memory.ts";
import { MessageView } from "./message.tsx";

/** Messages that stand together. */
const SIZE = 8;
/** Messages at the end that are drawn before anything is measured. */
const DRAWN_AT_ONCE = 12;
/** Messages this far outside the box, in px, are drawn before they are seen. */
const AHEAD = 1_200;

interface Props {
  readonly messages: readonly Message[];
  /** Whether they may be retried or edited now. */
  readonly able: boolean;
  readonly stopping: boolean;
  readonly paints: Readonly<Record<string, Paint>>;
  readonly actions: Actions;
  readonly memory: Memory;
}

/**
 * All messages, in groups. The browser asks where each box that it watches is at every frame: for hundreds of messages
 * that costs more than to draw what streams.
 *
 * Far from what is seen messages are no more than their text; once seen they stay drawn.
 */
export function Groups({ box, ...props }: Props & { box: RefObject<HTMLElement | null> }) {
  const { messages } = props;
  const [seen, setSeen] = useState<ReadonlySet<number>>(new Set());
  const count = Math.ceil(messages.length / SIZE);
  useEffect(() => {
    const { current: root } = box;
    const groups = [...(root?.querySelectorAll(".ipytalk-group") ?? [])];
    const onSight = (entries: IntersectionObserverEntry[]): void => {
      const near = entries
        .filter((entry) => entry.isIntersecting)
        .map(({ target }) => groups.indexOf(target));
      if (near.length > 0) setSeen((before) => new Set([...before, ...near]));
    };
    const watch = new IntersectionObserver(onSight, { root, rootMargin: `${AHEAD}px 0px` });
    for (const group of groups) watch.observe(group);
    return () => watch.disconnect();
  }, [box, count]);
  return (
    <>
      {Array.from({ length: count }, (_, index) => (
        <Group
          key={index}
          {...props}
          messages={messages.slice(index * SIZE, (index + 1) * SIZE)}
          near={seen.has(index) || (index + 1) * SIZE > messages.length - DRAWN_AT_ONCE}
        />
      ))}
    </>
  );
}

function Group({ messages, near, able, stopping, paints, actions, memory }: Props & { near: boolean }) {
  // What didn't change isn't even compared.
  return useMemo(
    () => (
      <section class="ipytalk-group">
        {messages.map((message) => (
          <MessageView
            key={message.id}
            message={message}
            actions={actions}
            memory={memory}
            able={able}
            near={near}
            stopping={stopping && isRunning(message)}
            paint={paints[message.id]?.painted ?? null}
          />
        ))}
      </section>
    ),
    [near, able, stopping, paints, ...messages],
  );
}
