import { useEffect, useState } from "preact/hooks";
import { hasEnded, type State, textOf } from "../store.ts";
import type { Actions, Look } from "./actions.ts";
import { NEWS } from "./banner.tsx";
import { focusChat } from "./focus.ts";
import { Icon } from "./icon.tsx";
import { Input } from "./input.tsx";
import type { Memory } from "./memory.ts";
import "./composer.css";
import "./stop.css";

interface Props {
  readonly state: State;
  readonly busy: boolean;
  readonly look: Look;
  readonly actions: Actions;
  readonly memory: Memory;
}

/** Where the person writes. A draft can be written while an answer streams. */
export function Composer({ state, busy, look, actions, memory }: Props) {
  const [draft, setDraft] = useState(memory.draft);
  memory.draft = draft;
  const ended = hasEnded(state.kernel);
  const { refused } = state;

  // What couldn't be sent isn't lost.
  useEffect(() => {
    if (refused?.text) setDraft((current) => current || (refused.text ?? ""));
  }, [refused]);

  const { attached } = memory;
  const ready =
    !busy && !ended && (draft.trim() || attached.length > 0) && attached.every((picture) => picture.ready);
  const send = (): void => {
    if (!ready) return;
    actions.send(draft);
    setDraft("");
  };
  const recall = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowUp" || draft !== "") return;
    const said = state.messages.filter((message) => message.role === "user").at(-1);
    if (!said) return;
    event.preventDefault();
    setDraft(textOf(said));
  };

  return (
    <div class="ipytalk-composer">
      {state.messages.length > 0 && !ended && (
        <button
          type="button"
          class="ipytalk-button"
          aria-label="Clear"
          title="Clear the conversation"
          onClick={actions.clear}
        >
          <Icon name="clear" />
        </button>
      )}
      <Input
        name="Message"
        value={draft}
        placeholder={look.placeholder || "Ask anything"}
        closed={ended ? NEWS[state.kernel] : ""}
        caret={memory.caret}
        onInput={setDraft}
        onCaret={(caret) => {
          memory.caret = caret;
        }}
        onEnter={send}
        onKey={recall}
      />
      <button
        type="button"
        class="ipytalk-round"
        aria-label={busy ? "Stop" : "Send"}
        title={busy ? "Stop (Escape)" : "Send (Enter)"}
        data-stopping={state.stopping || undefined}
        disabled={!busy && !ready}
        onClick={(event) => {
          focusChat(event.currentTarget);
          if (!busy) send();
          // The second half of a double click on Send isn't meant.
          else if (event.detail !== 2) actions.stop();
        }}
      >
        <Icon name={busy ? "stop" : "send"} />
      </button>
    </div>
  );
}
