import { useState } from "preact/hooks";
import { Body } from "./body.tsx";
import { Icon } from "./icon.tsx";
import type { Memory } from "./memory.ts";
import "./thinking.css";

interface Props {
  /** Tells this part from all others of the chat. */
  readonly name: string;
  readonly text: string;
  readonly open: boolean;
  readonly memory: Memory;
}

/** A model's reasoning, folded unless the person opens it. */
export function Thinking({ name, text, open, memory }: Props) {
  const [unfolded, setUnfolded] = useState(() => memory.unfolded.includes(name));
  const toggle = (): void => {
    const others = memory.unfolded.filter((other) => other !== name);
    memory.unfolded = unfolded ? others : [...others, name];
    setUnfolded(!unfolded);
  };
  return (
    <div class="ipytalk-thinking" data-open={open || undefined}>
      <button type="button" class="ipytalk-fold" aria-expanded={unfolded} onClick={toggle}>
        <Icon name="chevron" />
        {open ? "Thinking" : "Thought"}
      </button>
      {unfolded && <Body text={text} open={open} cursor={open} />}
    </div>
  );
}
