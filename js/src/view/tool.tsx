import { useState } from "preact/hooks";
import { visibleCode } from "../markdown/visible.ts";
import type { ToolPart } from "../protocol.ts";
import type { Actions } from "./actions.ts";
import { focusChat } from "./focus.ts";
import { Icon } from "./icon.tsx";
import type { Memory } from "./memory.ts";
import "./tool.css";

interface Props {
  /** Tells this part from all others of the chat. */
  readonly name: string;
  readonly tool: ToolPart;
  readonly actions: Actions;
  readonly memory: Memory;
}

/** A tool's call as a card: folded to its name and state, unless the person is asked whether it may run. */
export function ToolCard({ name, tool, actions, memory }: Props) {
  const [unfolded, setUnfolded] = useState(() => memory.unfolded.includes(name));
  const [decided, setDecided] = useState(false);
  const asking = tool.status === "asking";
  const toggle = (): void => {
    const others = memory.unfolded.filter((other) => other !== name);
    memory.unfolded = unfolded ? others : [...others, name];
    setUnfolded(!unfolded);
  };
  const decide = (button: Element, allow: boolean): void => {
    focusChat(button);
    setDecided(true);
    actions.decide(tool.id, allow);
  };
  return (
    <div class="ipytalk-tool" data-state={tool.status}>
      <button type="button" class="ipytalk-fold" aria-expanded={unfolded || asking} onClick={toggle}>
        <Icon name="chevron" />
        <code>{visibleCode(tool.name)}</code> {asking ? "asks to run" : tool.status}
      </button>
      {(unfolded || asking) && (
        <pre class="ipytalk-call" dir="ltr">
          {visibleCode(JSON.stringify(tool.input, null, 2))}
          {tool.output !== null && visibleCode(`\n→ ${tool.output}`)}
        </pre>
      )}
      {asking && (
        <div class="ipytalk-choices">
          <button
            type="button"
            class="ipytalk-choice"
            disabled={decided}
            onClick={(event) => decide(event.currentTarget, false)}
          >
            Deny
          </button>
          <button
            type="button"
            class="ipytalk-choice"
            data-main
            disabled={decided}
            onClick={(event) => decide(event.currentTarget, true)}
          >
            Allow
          </button>
        </div>
      )}
    </div>
  );
}
