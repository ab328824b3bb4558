import { useEffect, useRef, useState } from "preact/hooks";
import type { Message } from "../protocol.ts";
import { isRunning } from "../store.ts";

/** Tells a screen reader that an answer began or ended, and never its tokens. */
export function Announcer({ messages }: { messages: readonly Message[] }) {
  const answer = messages.filter((message) => message.role === "assistant").at(-1);
  const running = answer !== undefined && isRunning(answer);
  const was = useRef(running);
  const [words, setWords] = useState("");
  useEffect(() => {
    if (running !== was.current) setWords(running ? "Answering" : end(answer));
    was.current = running;
  }, [running, answer]);
  return (
    <div class="ipytalk-hidden" role="status">
      {words}
    </div>
  );
}

function end(answer: Message | undefined): string {
  if (!answer) return "";
  if (answer.error) return `The answer failed: ${answer.error.message}`;
  return answer.note ?? "Answer complete";
}
