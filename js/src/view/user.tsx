import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Loader } from "../enhancements/loader.ts";
import type { Message, Part } from "../protocol.ts";
import { textOf } from "../store.ts";
import type { Actions } from "./actions.ts";
import { Attachment } from "./attachment.tsx";
import { CopyButton } from "./copy.tsx";
import { focusChat } from "./focus.ts";
import { Icon } from "./icon.tsx";
import { Input } from "./input.tsx";
import { Pager } from "./pager.tsx";

interface Props {
  readonly message: Message;
  readonly actions: Actions;
  readonly able: boolean;
}

/** What the person said, with Copy and Edit. */
export function UserMessage({ message, actions, able }: Props) {
  const [editing, setEditing] = useState(false);
  const text = textOf(message);
  if (editing) {
    return (
      <Editor
        text={text}
        onCancel={(editor) => {
          focusChat(editor);
          setEditing(false);
        }}
        onDone={(changed) => {
          setEditing(false);
          actions.edit(message.id, changed);
        }}
      />
    );
  }
  return (
    <Said text={text} parts={message.parts} loader={actions.loader}>
      <Pager message={message} actions={actions} able={able} />
      <div class="ipytalk-buttons">
        {able && (
          <button
            type="button"
            class="ipytalk-button"
            aria-label="Edit"
            title="Edit and send again"
            onClick={() => setEditing(true)}
          >
            <Icon name="edit" />
          </button>
        )}
        <CopyButton text={text} />
      </div>
    </Said>
  );
}

interface SaidProps {
  readonly text: string;
  readonly parts: readonly Part[];
  readonly loader: Loader;
  readonly children?: ComponentChildren;
}

/** The person's words, as they wrote them. */
export function Said({ text, parts, loader, children }: SaidProps) {
  return (
    <article class="ipytalk-message" data-role="user" data-status="sent" aria-label="You">
      {children}
      <div class="ipytalk-said" dir="auto">
        {parts.map(
          (part, index) =>
            part.type === "attachment" && <Attachment key={index} part={part} loader={loader} />,
        )}
        {text}
      </div>
    </article>
  );
}

function Editor({
  text,
  onDone,
  onCancel,
}: {
  text: string;
  onDone: (text: string) => void;
  onCancel: (editor: Element) => void;
}) {
  const [draft, setDraft] = useState(text);
  const done = (): void => {
    if (draft.trim() !== "") onDone(draft);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    if (event.target instanceof Element) onCancel(event.target);
  };
  return (
    <article class="ipytalk-message" data-role="user" data-status="sent" data-editing aria-label="You">
      <div class="ipytalk-editor">
        <Input name="Edit message" value={draft} focus onInput={setDraft} onEnter={done} onKey={onKey} />
        <div class="ipytalk-choices">
          <button type="button" class="ipytalk-choice" onClick={(event) => onCancel(event.currentTarget)}>
            Cancel
          </button>
          <button type="button" class="ipytalk-choice" data-main onClick={done}>
            Send again
          </button>
        </div>
      </div>
    </article>
  );
}
