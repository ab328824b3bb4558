/**
 * Removed: nodes with text that were drawn at the last flush and are detached now. A selection in such a node is lost.
 * A node that was made and dropped within one flush was never drawn, and one that only moved is still there.
 */
export class RemovedNodes {
  readonly #root: Node;
  readonly #observer = new MutationObserver(() => {});

  constructor(root: Node) {
    this.#root = root;
    this.#observer.observe(root, {
      childList: true,
      subtree: true,
      characterData: true,
      characterDataOldValue: true,
    });
  }

  /** The nodes with text that were detached since the last call. */
  take(): Node[] {
    const fresh = new Set<Node>();
    const emptied = new Set<Node>();
    const detached = new Set<Node>();
    for (const record of this.#observer.takeRecords()) {
      if (record.type === "characterData") {
        if (record.oldValue?.trim()) emptied.add(record.target);
        continue;
      }
      for (const node of record.removedNodes) if (!isWithin(node, fresh)) detached.add(node);
      for (const node of record.addedNodes) if (!detached.has(node)) fresh.add(node);
    }
    const hadText = (node: Node) =>
      node.textContent?.trim() || [...emptied].some((text) => node.contains(text));
    return [...detached].filter((node) => !this.#root.contains(node) && hadText(node));
  }

  stop(): void {
    this.#observer.disconnect();
  }
}

function isWithin(node: Node, set: Set<Node>): boolean {
  for (let at: Node | null = node; at; at = at.parentNode) if (set.has(at)) return true;
  return false;
}
