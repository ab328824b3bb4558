/** Give `box` the height that the person chose, or with "" the author's. */
export function setHeight(box: HTMLElement, height: string): void {
  box.style.height = height;
  box.style.maxHeight = height || (box.dataset.height ?? "");
}
