/** The look of what stands here: it comes with the code, not with each widget. */
const CSS = `
.ipytalk-chat .ipytalk-resize {
  position: absolute; inset: auto 0 -4px; height: 9px; padding: 0; border: 0; background: none;
  cursor: ns-resize; touch-action: none;
}
.ipytalk-resize::after {
  content: ""; position: absolute; inset: 3px calc(50% - 20px); border-radius: 2px; background: var(--line); opacity: 0;
}
:is(.ipytalk-frame:hover .ipytalk-resize, .ipytalk-resize:focus-visible)::after { opacity: 1; }
.ipytalk-tools { display: contents; }
.ipytalk-tools[hidden] { display: none; }
.ipytalk-composer .ipytalk-tools + .ipytalk-input { margin-left: 0; }
.ipytalk-chat .ipytalk-menu {
  position: fixed; inset: auto; margin: 0; padding: 4px; max-width: 240px;
  border: 1px solid var(--line); border-radius: 8px; background: var(--raised); color: var(--text);
  box-shadow: 0 4px 16px rgb(0 0 0 / 22%); font-family: var(--ui); font-size: 13px;
}
.ipytalk-menu button {
  display: block; width: 100%; padding: 4px 10px; border: 0; border-radius: 5px; background: none; text-align: left;
}
.ipytalk-menu button:is(:hover, :focus-visible):enabled { background: var(--tint); }
.ipytalk-menu button:disabled { opacity: 0.5; }
.ipytalk-menu-note { margin: 2px 10px 4px; color: var(--soft); font-size: 12px; }
.ipytalk-menu-note:empty { display: none; }
.ipytalk-chat .ipytalk-to-cell { margin-left: auto; padding: 2px 8px; border: 0; border-radius: 4px; background: none; }
.ipytalk-chat .ipytalk-to-cell:hover { background: var(--line); }
.ipytalk-composer:has(> .ipytalk-attached) { flex-wrap: wrap; }
.ipytalk-composer[data-drop] { border-color: var(--accent); border-style: dashed; }
.ipytalk-attached { flex: 0 0 100%; padding: 3px 5px 0; }
.ipytalk-attached ul { display: flex; flex-wrap: wrap; gap: 8px; margin: 0; padding: 0; list-style: none; }
.ipytalk-attached ul:empty, .ipytalk-attached p:empty { display: none; }
.ipytalk-attached li { position: relative; margin: 0; }
.ipytalk-attached li[data-waiting] img { opacity: 0.45; }
.ipytalk-attached img {
  display: block; width: 56px; height: 56px; margin: 0; object-fit: cover;
  border: 1px solid var(--line); border-radius: 8px;
}
.ipytalk-attached li button {
  position: absolute; top: -6px; right: -6px; width: 20px; height: 20px; padding: 0; line-height: 1;
  border: 1px solid var(--line); border-radius: 50%; background: var(--raised);
}
.ipytalk-attached p { margin: 4px 2px 0; color: var(--bad); font-family: var(--ui); font-size: 12px; }
`;

/** Give the document that `root` stands in this look, once. */
export function dress(root: HTMLElement): void {
  const home = root.getRootNode();
  const into = home instanceof ShadowRoot ? home : document.head;
  if (into.querySelector("style[data-ipytalk-actions]")) return;
  const style = document.createElement("style");
  style.dataset.ipytalkActions = "";
  style.textContent = CSS;
  into.append(style);
}
