/** Put the focus back into a chat when the button that had it is gone, or its keys would reach the notebook. */
export function focusChat(inside: Element | null): void {
  const chat = inside?.closest(".ipytalk-chat");
  const boxes = chat?.querySelectorAll<HTMLElement>(".ipytalk-composer textarea:enabled, [role=log]") ?? [];
  [...boxes].at(-1)?.focus({ preventScroll: true });
}
