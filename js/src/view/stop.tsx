import { Icon } from "./icon.tsx";
import "./stop.css";

/** Stop for an answer without a composer. */
export function StopBar({ stopping, onStop }: { stopping: boolean; onStop: () => void }) {
  return (
    <div class="ipytalk-bar">
      <button
        type="button"
        class="ipytalk-round"
        aria-label="Stop"
        title="Stop (Escape)"
        data-stopping={stopping || undefined}
        onClick={onStop}
      >
        <Icon name="stop" />
      </button>
    </div>
  );
}
