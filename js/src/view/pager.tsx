import { useLayoutEffect, useRef } from "preact/hooks";
import type { Message } from "../protocol.ts";
import type { Actions } from "./actions.ts";
import { Icon } from "./icon.tsx";
import "./pager.css";

/** The version that a button asked for: the message that has it gives its own button the focus. */
let wanted: { chat: Element | null; version: number; name: string } | null = null;

interface Props {
  readonly message: Message;
  readonly actions: Actions;
  /** Whether another version may be looked at now. */
  readonly able: boolean;
}

/** Which of a message's versions this is, and the way to the others. */
export function Pager({ message, actions, able }: Props) {
  const { id, version = 1, versions = 1 } = message;
  const root = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const { current } = root;
    if (wanted?.version !== version || wanted.chat !== current?.closest(".ipytalk-chat")) return;
    const here = current?.querySelector<HTMLElement>(`:enabled[aria-label="${wanted.name}"]`);
    (here ?? current?.querySelector<HTMLElement>(":enabled"))?.focus();
    wanted = null;
  }, [version]);
  if (versions < 2) return null;
  const button = (name: string, icon: "back" | "chevron", to: number) => (
    <button
      type="button"
      class="ipytalk-button"
      aria-label={name}
      disabled={!able || to < 1 || to > versions}
      onClick={() => {
        wanted = { chat: root.current?.closest(".ipytalk-chat") ?? null, version: to, name };
        actions.switch(id, to);
      }}
    >
      <Icon name={icon} />
    </button>
  );
  return (
    <span ref={root} class="ipytalk-pager">
      {button("Previous version", "back", version - 1)}
      <span aria-hidden="true">
        {version}/{versions}
      </span>
      <span class="ipytalk-hidden">
        {version} of {versions}
      </span>
      {button("Next version", "chevron", version + 1)}
    </span>
  );
}
