import { useRef } from "preact/hooks";
import type { Message } from "../protocol.ts";
import { useSeconds } from "./seconds.ts";

/** Silence that goes unremarked, in seconds. */
const SHORT = 5;

/** Says where in a queue the request stands, or after some quiet seconds for how long the model has said nothing. */
export function Quiet({ message }: { message: Message }) {
  const heard = useRef({ message, at: performance.now() });
  if (heard.current.message !== message) heard.current = { message, at: performance.now() };
  const seconds = useSeconds(heard.current.at);
  if (message.queue) {
    const { position, estimated_wait_seconds: wait } = message.queue;
    const left = Math.ceil((wait ?? 0) - seconds);
    return (
      <p class="ipytalk-quiet">
        Number {position} in the queue{left > 0 && ` · about ${left} s`}
      </p>
    );
  }
  if (seconds < SHORT) return null;
  return <p class="ipytalk-quiet">Still working · {seconds} s without a word</p>;
}
