/** What is used of JupyterLab's notebook, none of it promised: each step is looked for, and without it there is no button. */
import type { AnyModel } from "@anywidget/types";

export interface Notebook {
  /** The file's name without its ending. */
  readonly name: string;
  readonly cells: ArrayLike<unknown> & { get(index: number): { readonly id: string } };
  readonly insert: ((index: number, source: string) => string | undefined) | null;
}

interface Shared {
  insertCell(index: number, cell: object): { readonly id?: string } | undefined;
}

export function notebookOf(model: AnyModel): Notebook | null {
  const { context } = (model.widget_manager ?? {}) as {
    context?: { path?: string; model?: { cells?: Notebook["cells"]; sharedModel?: Partial<Shared> } };
  };
  const cells = context?.model?.cells;
  if (!context || !cells) return null;
  const name = (context.path ?? "").replace(/^.*[/:]/, "").replace(/\.ipynb$/, "");
  const shared = context.model?.sharedModel;
  const insert = (index: number, source: string): string | undefined =>
    shared?.insertCell?.(index, { cell_type: "code", source, metadata: { trusted: true } })?.id;
  return { name: name || "chat", cells, insert: shared?.insertCell ? insert : null };
}
