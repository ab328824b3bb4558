import type { Kernel, State } from "../store.ts";
import { Icon } from "./icon.tsx";
import "./banner.css";

export const NEWS: Record<Kernel, string> = {
  live: "",
  reconnecting: "Connection lost. Reconnecting; nothing that was said is lost.",
  restarted: "The kernel was restarted. Run the cell again to go on.",
  dead: "The kernel died. Run the cell again to go on.",
  shutdown: "The kernel was shut down. Run the cell again to go on.",
  saved: "This is the conversation as it was saved. Run the cell again to go on.",
};

/** What concerns the whole chat: its kernel, and what the kernel refused. */
export function Banner({ state, onDismiss }: { state: State; onDismiss: () => void }) {
  const { kernel, refused } = state;
  const news = NEWS[kernel];
  return (
    <div class="ipytalk-banners" role="status">
      {news && (
        <p class="ipytalk-banner" data-kernel={kernel}>
          {news}
        </p>
      )}
      {refused && (
        <p class="ipytalk-banner" data-refused>
          {refused.message}
          <button
            type="button"
            class="ipytalk-button"
            aria-label="Dismiss"
            title="Dismiss"
            onClick={onDismiss}
          >
            <Icon name="close" />
          </button>
        </p>
      )}
    </div>
  );
}

/** A line about the source, such as that it is a demo. */
export function Notice({ text }: { text: string }) {
  return <p class="ipytalk-notice">{text}</p>;
}
