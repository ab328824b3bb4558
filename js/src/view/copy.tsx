import { useEffect, useState } from "preact/hooks";
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

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyOldWay(text);
  }
}

/** The clipboard API needs HTTPS, which JupyterHub may lack. */
function copyOldWay(text: string): boolean {
  const focused = document.activeElement;
  const box = document.createElement("textarea");
  box.value = text;
  box.style.position = "fixed";
  box.style.opacity = "0";
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  return done;
}
