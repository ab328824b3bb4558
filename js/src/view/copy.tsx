import { useEffect, useState } from "preact/hooks";
import { copy } from "./clipboard.ts";
import { Icon } from "./icon.tsx";

/** How long the button says that it is done. */
const SHOWN = 1_500;

/** Copy `text`, as it was written, to the clipboard. */
export function CopyButton({ text }: { text: string }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), SHOWN);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <button
      type="button"
      class="ipytalk-button"
      aria-label="Copy"
      title={done ? "Copied" : "Copy"}
      onClick={() => void copy(text).then(setDone)}
    >
      <Icon name={done ? "done" : "copy"} />
    </button>
  );
}
