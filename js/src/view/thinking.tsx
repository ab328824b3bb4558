import { useState } from "preact/hooks";
import { Body } from "./body.tsx";
import { Icon } from "./icon.tsx";
import "./thinking.css";

/** A model's reasoning, folded unless the person opens it. */
export function Thinking({ text, open }: { text: string; open: boolean }) {
  const [unfolded, setUnfolded] = useState(false);
  return (
    <div class="ipytalk-thinking" data-open={open || undefined}>
      <button
        type="button"
        class="ipytalk-fold"
        aria-expanded={unfolded}
        onClick={() => setUnfolded(!unfolded)}
      >
        <Icon name="chevron" />
        {open ? "Thinking" : "Thought"}
      </button>
      {unfolded && <Body text={text} open={open} cursor={open} />}
    </div>
  );
}
