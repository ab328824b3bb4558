/** The one listener of a stream: copy a code block, load an image, go to a footnote. */
import { createElement } from "./element.ts";

export function listen(root: HTMLElement): void {
  root.addEventListener("click", (event) => {
    const target = event.target as Element;
    const copy = target.closest<HTMLElement>(".ipytalk-copy");
    if (copy) {
      copyCode(copy);
      return;
    }
    const image = target.closest<HTMLElement>(".ipytalk-image");
    if (image) {
      // It may stand in a link.
      event.preventDefault();
      loadImage(image);
      return;
    }
    const note = target.closest(".ipytalk-note a");
    if (note) {
      event.preventDefault();
      goToNote(root, note.textContent ?? "");
    }
  });
}

async function copyCode(button: HTMLElement): Promise<void> {
  const code = button.closest(".ipytalk-code")?.querySelector("code");
  try {
    await navigator.clipboard.writeText(code?.textContent ?? "");
    button.setAttribute("data-copied", "");
    setTimeout(() => button.removeAttribute("data-copied"), 2000);
  } catch {
    // No permission, or no HTTPS: select the code, so that one key copies it.
    if (code) document.getSelection()?.selectAllChildren(code);
  }
}

function loadImage(button: HTMLElement): void {
  const image = createElement("img");
  image.referrerPolicy = "no-referrer";
  image.alt = button.getAttribute("data-alt") ?? "";
  if (button.title) image.title = button.title;
  image.src = button.getAttribute("data-src") ?? "";
  button.replaceWith(image);
}

function goToNote(root: HTMLElement, label: string): void {
  for (const note of root.querySelectorAll<HTMLElement>(".ipytalk-footnote")) {
    if (note.firstElementChild?.textContent?.toLowerCase() !== label.toLowerCase()) continue;
    reveal(note);
    note.tabIndex = -1;
    note.focus({ preventScroll: true });
    return;
  }
}

/** Scroll the box of the conversation, and nothing around it: `scrollIntoView` would move the notebook too. */
function reveal(note: HTMLElement): void {
  const box = note.closest("[role=log]");
  if (!box) return;
  const { top, bottom } = box.getBoundingClientRect();
  const at = note.getBoundingClientRect();
  box.scrollTop += Math.max(0, at.bottom - bottom) || Math.min(0, at.top - top);
}
