import type { Ref } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import "./input.css";

interface Props {
  readonly name: string;
  readonly value: string;
  readonly placeholder?: string;
  /** Why nothing can be written any more, if so. What is there can still be read and copied, and keeps the focus. */
  readonly closed?: string;
  readonly focus?: boolean;
  /** Where the caret stands at first. */
  readonly caret?: number;
  readonly onInput: (value: string) => void;
  readonly onEnter: () => void;
  readonly onCaret?: (caret: number) => void;
  readonly onKey?: (event: KeyboardEvent) => void;
}

/** A text box that grows with its text. Enter is done, Shift+Enter breaks the line. */
export function Input({
  name,
  value,
  placeholder,
  closed,
  focus,
  caret,
  onInput,
  onEnter,
  onCaret,
  onKey,
}: Props) {
  const box = useRef<HTMLTextAreaElement>(null);

  useLayoutEffect(() => {
    if (box.current) grow(box.current);
  }, [value]);
  useLayoutEffect(() => {
    if (caret !== undefined) box.current?.setSelectionRange(caret, caret);
  }, []);
  useLayoutEffect(() => {
    if (focus) box.current?.focus({ preventScroll: true });
  }, [focus]);

  const onKeyDown = (event: KeyboardEvent): void => {
    // Enter that ends an IME composition (keyCode 229 in Safari, where isComposing is false by then) isn't the person's.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      onEnter();
    } else {
      onKey?.(event);
    }
  };

  return (
    <textarea
      ref={box as Ref<HTMLTextAreaElement>}
      class="ipytalk-input"
      aria-label={name}
      rows={1}
      dir="auto"
      value={value}
      placeholder={placeholder}
      readOnly={!!closed}
      aria-disabled={!!closed}
      aria-description={closed}
      onInput={(event) => onInput(event.currentTarget.value)}
      onKeyDown={onKeyDown}
      onSelect={(event) => onCaret?.(event.currentTarget.selectionStart)}
    />
  );
}

/** For browsers that don't know `field-sizing: content` yet; it may go with the last of them. */
function grow(box: HTMLTextAreaElement): void {
  if (CSS.supports("field-sizing", "content")) return;
  box.style.height = "auto";
  // Zero while the host hasn't attached the view.
  if (box.scrollHeight > 0) box.style.height = `${box.scrollHeight}px`;
}
