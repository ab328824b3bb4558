import { writeTwin } from "../twin.ts";
import { copy } from "../view/clipboard.ts";
import type { Surroundings } from "./actions.ts";
import { element, icon } from "./element.ts";
import { notebookOf } from "./notebook.ts";

/** In ms: how long a button says that it is done. */
const SHOWN = 1_200;
const SURE = "Freeze for good?";

/** Export: a button that opens a few others. */
export function menu(view: Surroundings): { readonly element: HTMLElement } {
  const { model, transport, store, id, signal } = view;
  const status = element("p", { className: "ipytalk-menu-note", role: "status" });
  const say = (text: string): void => {
    status.textContent = text;
  };

  const copying = element("button", { type: "button", textContent: "Copy as Markdown" });
  const saving = element("button", { type: "button", textContent: "Save as Markdown" });
  const freezing = element("button", {
    type: "button",
    textContent: "Freeze",
    title: "Leave plain Markdown in the cell",
  });
  const box = element(
    "div",
    { className: "ipytalk-menu", popover: "auto" },
    copying,
    saving,
    freezing,
    status,
  );
  const button = element(
    "button",
    { type: "button", className: "ipytalk-button", label: "Export", title: "Export or freeze" },
    icon("M8 10V2.5M5 5.500 8 2.500l3 3M3 9.500V13h10V9.500"),
  );
  button.setAttribute("aria-haspopup", "true");
  button.setAttribute("aria-expanded", "false");

  const markdown = async (): Promise<string | null> => {
    const reply = await transport.call({ type: "export" });
    if (reply.status === "ok" && reply.text !== undefined) return reply.text;
    say(reply.status === "error" ? reply.message : "The kernel didn't send the text. Try again.");
    return null;
  };
  const done = (words: string): void => {
    say(words);
    setTimeout(() => box.hidePopover(), SHOWN);
  };
  copying.onclick = async () => {
    const text = await markdown();
    if (text === null) return;
    if (await copy(text)) done("Copied");
    else say("The browser doesn't let the page copy. Save it instead.");
  };
  saving.onclick = async () => {
    const text = await markdown();
    if (text === null) return;
    save(text, `${notebookOf(model)?.name ?? "chat"}.md`);
    done("Saved");
  };
  freezing.onclick = async () => {
    if (freezing.textContent !== SURE) {
      freezing.textContent = SURE;
      say("The cell becomes plain Markdown. This can't be undone.");
      return;
    }
    // Not disabled meanwhile: it would lose the focus, and its keys would reach the notebook.
    const reply = await transport.call({ type: "freeze" });
    if (reply.status === "error") say(reply.message);
    else if (reply.transcript && id) writeTwin(model, id, reply.transcript);
  };

  box.addEventListener("toggle", () => {
    const open = box.matches(":popover-open");
    button.setAttribute("aria-expanded", String(open));
    freezing.textContent = "Freeze";
    say("");
  });
  button.onclick = () => {
    box.togglePopover();
    place(box, button);
    copying.disabled = saving.disabled = !store.state.messages.some(({ status }) => status !== "pending");
    copying.focus({ preventScroll: true });
  };
  box.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      // Escape elsewhere in a chat stops the answer.
      box.hidePopover();
      button.focus({ preventScroll: true });
    } else if (step) {
      const items = [...box.querySelectorAll<HTMLElement>("button:enabled")];
      const at = items.indexOf(document.activeElement as HTMLElement);
      items.at((at + step) % items.length)?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  // It stands at a place of the window, so it can't follow its button.
  const onScroll = ({ target }: Event): void => {
    if (target instanceof Node && target.contains(button)) box.hidePopover();
  };
  window.addEventListener("scroll", onScroll, { capture: true, passive: true, signal });
  return { element: element("span", { className: "ipytalk-tools" }, button, box) };
}

/** Above its button, or below it where there is no room. */
function place(box: HTMLElement, button: HTMLElement): void {
  const { left, top, bottom } = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const above = top > height + 40;
  box.style.left = `${Math.max(4, Math.min(left, innerWidth - width - 4))}px`;
  box.style.bottom = above ? `${innerHeight - top + 6}px` : "";
  box.style.top = above ? "" : `${bottom + 6}px`;
}

function save(text: string, name: string): void {
  const href = URL.createObjectURL(new Blob([text], { type: "text/markdown" }));
  element("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
