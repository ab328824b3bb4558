import { useMemo } from "preact/hooks";
import type { Message, Part } from "../protocol.ts";
import { isRunning, textOf } from "../store.ts";
import type { Actions } from "./actions.ts";
import { Attachment } from "./attachment.tsx";
import { Body } from "./body.tsx";
import { CopyButton } from "./copy.tsx";
import { Countdown, FailureView } from "./failure.tsx";
import { Icon } from "./icon.tsx";
import type { Memory } from "./memory.ts";
import { Meter } from "./meter.tsx";
import { Pager } from "./pager.tsx";
import { Quiet } from "./quiet.tsx";
import { Skeleton } from "./skeleton.tsx";
import { Thinking } from "./thinking.tsx";
import { ToolCard } from "./tool.tsx";
import { UserMessage } from "./user.tsx";
import "./message.css";

interface Props {
  readonly message: Message;
  readonly actions: Actions;
  readonly memory: Memory;
  /** Whether it may be retried or edited now. */
  readonly able: boolean;
  /** Whether it is drawn at once. */
  readonly near: boolean;
  readonly stopping: boolean;
  /** Milliseconds from Send to its first text on this screen. */
  readonly paint: number | null;
}

/** One message: far from what is seen no more than its text. It is drawn again only if one of its properties changed. */
export function MessageView(props: Props) {
  const { message, near } = props;
  const { role, status, parts } = message;
  return useMemo(() => {
    if (near || isRunning(message))
      return role === "user" ? <UserMessage {...props} /> : <Answer {...props} />;
    const text = parts.map((part) => ("text" in part ? part.text : part.name)).join("\n");
    return (
      <article class="ipytalk-message" data-role={role} data-status={status} data-far>
        {text}
      </article>
    );
  }, Object.values(props));
}

/** Made ready while nothing is said: the first text then needs only be written. */
const TO_COME: readonly Part[] = [{ type: "text", text: "" }];

function Answer({ message, actions, memory, able, stopping, paint }: Props) {
  const { id, parts, status, error, retry, note } = message;
  const running = isRunning(message);
  const text = textOf(message);
  const { loader, pen } = actions;
  const begun = parts.length > 0;
  const shown = begun || !running ? parts : TO_COME;
  const asking = parts.some((part) => part.type === "tool" && part.status === "asking");
  return (
    <article
      class="ipytalk-message"
      data-role="assistant"
      data-status={status}
      data-stopping={stopping || undefined}
      aria-label="Answer"
      aria-busy={running}
    >
      {shown.map((part, index) => {
        const open = running && index === shown.length - 1;
        const name = `${id}/${index}`;
        switch (part.type) {
          case "text":
            return (
              <Body
                key={index}
                name={name}
                text={part.text}
                open={open}
                cursor={open && begun && !stopping}
                loader={loader}
                pen={open && !stopping && pen}
              />
            );
          case "thinking":
            return (
              <Thinking
                key={index}
                name={name}
                text={part.text}
                open={open}
                memory={memory}
                loader={loader}
              />
            );
          case "tool":
            return <ToolCard key={index} name={name} tool={part} actions={actions} memory={memory} />;
          case "attachment":
            return <Attachment key={index} part={part} loader={loader} />;
          default: {
            const _exhaustive: never = part;
            return _exhaustive;
          }
        }
      })}
      {status === "pending" && !text && !retry && <Skeleton />}
      {retry && <Countdown key={retry.attempt} retry={retry} onRetry={() => actions.retry(id)} />}
      {running && !retry && !asking && <Quiet message={message} />}
      {note && !text.trim() && <p class="ipytalk-ending">{note}</p>}
      {error && <FailureView failure={error} onRetry={able ? () => actions.retry(id) : undefined} />}
      {!running && (
        <footer class="ipytalk-footer">
          <div class="ipytalk-buttons">
            <Pager message={message} actions={actions} able={able} />
            {able && !error && (
              <button
                type="button"
                class="ipytalk-button"
                aria-label="Retry"
                title="Ask again for this answer"
                onClick={() => actions.retry(id)}
              >
                <Icon name="retry" />
              </button>
            )}
            {text && <CopyButton text={text} />}
          </div>
          <Meter message={message} paint={paint} />
        </footer>
      )}
    </article>
  );
}
