import { useEffect, useRef, useState } from "preact/hooks";
import type { Message } from "../protocol.ts";
import { isRunning } from "../store.ts";

/** Tells a screen reader that an answer began or ended or waits for leave to run a tool, and never its tokens. */
export function Announcer({ messages }: { messages: readonly Message[] }) {
  const answer = messages.filter((message) => message.role === "assistant").at(-1);
  const running = answer !== undefined && isRunning(answer);
  const was = useRef(running);
  const [words, setWords] = useState("");
  useEffect(() => {
    if (running !== was.current) setWords(running ? "Answering" : end(answer));
    was.current = running;
  }, [running, answer]);
  const asking = answer?.parts.find((part) => part.type === "tool" && part.status === "asking");
  const name = asking?.type === "tool" && asking.name;
  useEffect(() => {
    if (name) setWords(`${name} asks to run`);
  }, [name]);
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
