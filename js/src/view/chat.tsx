import { useRef } from "preact/hooks";
import { hasEnded, isBusy, isRunning, type State } from "../store.ts";
import type { Actions, Look } from "./actions.ts";
import { Announcer } from "./announcer.tsx";
import { Banner, Notice } from "./banner.tsx";
import { Composer } from "./composer.tsx";
import { Empty } from "./empty.tsx";
import { Groups } from "./group.tsx";
import type { Memory } from "./memory.ts";
import { Scroll } from "./scroll.tsx";
import { Skeleton } from "./skeleton.tsx";
import { StopBar } from "./stop.tsx";
import { Said } from "./user.tsx";
import "./chat.css";

interface Props {
  readonly state: State;
  readonly look: Look;
  readonly actions: Actions;
  readonly memory: Memory;
}

export function Chat({ state, look, actions, memory }: Props) {
  const { messages, waiting, stopping } = state;
  const busy = isBusy(state);
  const box = useRef<HTMLDivElement>(null);
  const unseen = waiting.filter(({ id }) => !messages.some((message) => message.id === id));

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && busy && !event.isComposing && !event.defaultPrevented) actions.stop();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape stops from anywhere in the chat; Stop is a button too
    <div class="ipytalk-frame" data-bare={!look.composer || undefined} onKeyDown={onKeyDown}>
      {state.notice && <Notice text={state.notice} />}
      <Scroll box={box} memory={memory} height={look.height} jumpOn={waiting.at(-1)?.id}>
        {messages.length + waiting.length === 0 && (
          <Empty look={look} undo={!!state.undo && !hasEnded(state.kernel)} actions={actions} />
        )}
        <Groups
          box={box}
          messages={messages}
          able={look.composer && !busy && !hasEnded(state.kernel)}
          stopping={stopping}
          paints={state.paints}
          actions={actions}
          memory={memory}
        />
        {unseen.map(
          ({ id, text }) => text !== null && <Said key={id} text={text} parts={[]} loader={actions.loader} />,
        )}
        {waiting.length > 0 && !messages.some(isRunning) && <Skeleton />}
      </Scroll>
      <Banner state={state} onDismiss={actions.dismiss} />
      {look.composer ? (
        <Composer state={state} busy={busy} look={look} actions={actions} memory={memory} />
      ) : (
        busy && <StopBar stopping={stopping} onStop={actions.stop} />
      )}
      <Announcer messages={messages} />
    </div>
  );
}
