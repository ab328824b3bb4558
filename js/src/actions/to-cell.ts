import { outputsOf } from "../twin.ts";
import type { Surroundings } from "./actions.ts";
import { element } from "./element.ts";
import { notebookOf } from "./notebook.ts";

/** In ms. */
const SHOWN = 2_000;

/** Give each code block in a chat a button that makes a cell of it, where the host lets us. */
export function offerCells({ root, model, id, signal }: Surroundings): void {
  const notebook = notebookOf(model);
  if (!notebook?.insert) return;
  const { cells, insert } = notebook;
  /** Cells that came from here, so that the next one goes below them. */
  const inserted = new Set<string>();

  const below = (): number => {
    const cell = root.closest<HTMLElement>(".jp-Cell")?.dataset.windowedListIndex;
    let index = cell === undefined ? (id === null ? -1 : outputsOf(model, id)[0]?.cell) : Number(cell);
    if (index === undefined || index < 0 || Number.isNaN(index)) index = cells.length - 1;
    do index++;
    while (index < cells.length && inserted.has(cells.get(index).id));
    return index;
  };

  const offer = (header: Element): void => {
    if (header.querySelector(".ipytalk-to-cell")) return;
    const button = element("button", {
      type: "button",
      className: "ipytalk-to-cell",
      textContent: "To cell",
      title: "Put the code into a new cell below",
    });
    button.onclick = () => {
      const code = header.parentElement?.querySelector("code")?.textContent ?? "";
      const made = insert(below(), code.replace(/\n$/, ""));
      if (made) inserted.add(made);
      button.textContent = "Added";
      setTimeout(() => {
        button.textContent = "To cell";
      }, SHOWN);
    };
    header.lastElementChild?.before(button);
  };

  const offerIn = (element: Element): void => {
    for (const header of element.querySelectorAll(".ipytalk-code-header")) offer(header);
  };
  offerIn(root);
  const watch = new MutationObserver((records) => {
    for (const { addedNodes } of records) {
      // Colours are spans, and many.
      for (const node of addedNodes) if (node instanceof Element && node.localName !== "span") offerIn(node);
    }
  });
  watch.observe(root, { childList: true, subtree: true });
  signal.addEventListener("abort", () => watch.disconnect());
}
