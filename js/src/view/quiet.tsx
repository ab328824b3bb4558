import { useRef } from "preact/hooks";
import type { Message } from "../protocol.ts";
import { useSeconds } from "./seconds.ts";

/** Silence that goes unremarked, in seconds. */
const SHORT = 5;

/** Says, after some quiet seconds, that the model is still at work, and for how long it has said nothing. */
export function Quiet({ message }: { message: Message }) {
  const heard = useRef({ message, at: performance.now() });
  if (heard.current.message !== message) heard.current = { message, at: performance.now() };
  const seconds = useSeconds(heard.current.at);
  if (seconds < SHORT) return null;
  return <p class="ipytalk-quiet">Still working · {seconds} s without a word</p>;
}
