type Properties<T> = { readonly [K in keyof T]?: T[K] | undefined } & { readonly label?: string };

/** Make an element with properties and children; `label` is its accessible name. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { label, ...properties }: Properties<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  Object.assign(made, properties);
  if (label) made.setAttribute("aria-label", label);
  made.append(...children);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** A line drawing, as view/icon.tsx has them. */
export function icon(drawn: string): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("class", "ipytalk-icon");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", drawn);
  svg.append(path);
  return svg;
}
