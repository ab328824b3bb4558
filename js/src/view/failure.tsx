import { useState } from "preact/hooks";
import type { Failure, Retry } from "../protocol.ts";
import { Icon } from "./icon.tsx";
import { useSeconds } from "./seconds.ts";
import "./failure.css";

/** Why an answer ended early, and what to do about it. */
export function FailureView({ failure, onRetry }: { failure: Failure; onRetry?: (() => void) | undefined }) {
  return (
    <div class="ipytalk-failure" data-kind={failure.kind}>
      <Icon name="alert" />
      <p>{failure.message}</p>
      {onRetry && (
        <button type="button" class="ipytalk-choice" onClick={onRetry}>
          Retry
        </button>
      )}
    </div>
  );
}

/** What went wrong with the last try, and how long until the next, which a click begins now. */
export function Countdown({ retry, onRetry }: { retry: Retry; onRetry: () => void }) {
  const [start] = useState(() => performance.now());
  const left = Math.max(0, Math.ceil(retry.seconds - useSeconds(start)));
  return (
    <div class="ipytalk-failure" data-kind={retry.failure.kind} data-waiting>
      <Icon name="alert" />
      <p>
        {retry.failure.message}{" "}
        <span class="ipytalk-countdown">
          {left > 0 ? `Trying again in ${left} s` : "Trying again"} ({retry.attempt} of {retry.retries}).
        </span>
      </p>
      <button type="button" class="ipytalk-choice" onClick={onRetry}>
        Try now
      </button>
    </div>
  );
}
