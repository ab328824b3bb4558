import "./cursor.css";

const MARK = "data-ipytalk-cursor";

/**
 * Put the cursor behind the last character in `root`, or take it away.
 *
 * It is a mark on the element that holds that character, drawn by CSS, so that the Markdown stream's DOM stays its own.
 */
export function moveCursor(root: HTMLElement, shown: boolean): void {
  const holder = shown ? lastHolder(root) : null;
  for (const marked of root.parentElement?.querySelectorAll(`[${MARK}]`) ?? []) {
    if (marked !== holder) marked.removeAttribute(MARK);
  }
  holder?.setAttribute(MARK, "");
}

/** The innermost element whose text ends the visible text of `root`. */
function lastHolder(root: HTMLElement): HTMLElement {
  for (let node: ChildNode | null = root.lastChild; node; node = node.previousSibling) {
    if (node instanceof Text ? node.data.trim() === "" : !node.textContent?.trim()) continue;
    return node instanceof HTMLElement && !node.matches("button, svg, math") ? lastHolder(node) : root;
  }
  return root;
}
