import { useEffect, useState } from "preact/hooks";
import type { Loader } from "../enhancements/loader.ts";
import { Body } from "./body.tsx";
import { Icon } from "./icon.tsx";
import type { Memory } from "./memory.ts";
import { useSeconds } from "./seconds.ts";
import "./thinking.css";

interface Props {
  /** Tells this part from all others of the chat. */
  readonly name: string;
  readonly text: string;
  readonly open: boolean;
  readonly memory: Memory;
  readonly loader: Loader;
}

/** A model's reasoning, folded unless the person opens it. */
export function Thinking({ name, text, open, memory, loader }: Props) {
  const [unfolded, setUnfolded] = useState(() => memory.unfolded.includes(name));
  const [began] = useState(() => performance.now());
  // How long it took is known to a page that saw it begin.
  const [seen] = useState(open);
  const [ended, setEnded] = useState<number | null>(null);
  useEffect(() => {
    if (seen && !open) setEnded(Math.round((performance.now() - began) / 1_000));
  }, [seen, open, began]);
  const toggle = (): void => {
    const others = memory.unfolded.filter((other) => other !== name);
    memory.unfolded = unfolded ? others : [...others, name];
    setUnfolded(!unfolded);
  };
  return (
    <div class="ipytalk-thinking" data-open={open || undefined}>
      <button type="button" class="ipytalk-fold" aria-expanded={unfolded} onClick={toggle}>
        <Icon name="chevron" />
        {open ? (
          <Running since={began} />
        ) : ended === null ? (
          "Thought"
        ) : (
          `Thought for ${Math.max(1, ended)} s`
        )}
      </button>
      {unfolded && <Body name={name} text={text} open={open} cursor={open} loader={loader} />}
    </div>
  );
}

function Running({ since }: { since: number }) {
  const seconds = useSeconds(since);
  return <>{seconds < 2 ? "Thinking" : `Thinking · ${seconds} s`}</>;
}
