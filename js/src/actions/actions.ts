/**
 * What a chat can do only on a page with a kernel: export, freeze, code to cells, pictures with a message; and
 * another height.
 *
 * A page asks for this once, when it draws its first chat; see enhancements/loader.ts. Plain DOM beside the view's: a
 * second copy of the view library would outweigh it.
 */
import type { AnyModel } from "@anywidget/types";
import { hasEnded, type Store } from "../store.ts";
import type { Transport } from "../transport.ts";
import type { Memory } from "../view/memory.ts";
import { attach } from "./attach.ts";
import { menu } from "./menu.ts";
import { resizer } from "./resize.ts";
import { dress } from "./style.ts";
import { offerCells } from "./to-cell.ts";

export interface Surroundings {
  readonly root: HTMLElement;
  readonly model: AnyModel;
  readonly id: string | null;
  readonly store: Store;
  readonly transport: Transport;
  readonly memory: Memory;
  /** Draw the view again, soon. */
  readonly draw: () => void;
  readonly signal: AbortSignal;
}

/** Join a view; returns what is to be called after each time that it was drawn. */
export function actions(view: Surroundings): () => void {
  const { root, store, signal } = view;
  dress(root);
  offerCells(view);
  const bar = document.createElement("span");
  bar.className = "ipytalk-tools";
  const exporting = menu(view);
  const attaching = attach(view);
  const handle = resizer(root, view.memory);
  bar.append(exporting.element, attaching.button);
  signal.addEventListener("abort", () => {
    bar.remove();
    handle.remove();
  });

  return () => {
    const composer = root.querySelector(".ipytalk-composer");
    const { kernel, messages } = store.state;
    if (!handle.isConnected) root.querySelector(".ipytalk-frame")?.append(handle);
    if (!composer || hasEnded(kernel)) {
      bar.remove();
      attaching.strip.remove();
      return;
    }
    exporting.element.hidden = messages.length === 0;
    const input = composer.querySelector(".ipytalk-input");
    if (input && bar.nextElementSibling !== input) input.before(bar);
    attaching.draw(composer);
  };
}
