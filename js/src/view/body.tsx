import { useLayoutEffect, useRef } from "preact/hooks";
import { createMarkdownStream, type MarkdownStream } from "../markdown/index.ts";
import { moveCursor } from "./cursor.ts";

interface Drawing {
  text: string;
  ended: boolean;
  readonly stream: MarkdownStream;
}

interface Props {
  readonly text: string;
  /** More text may follow. */
  readonly open: boolean;
  /** The cursor stands behind the last character. */
  readonly cursor: boolean;
  readonly onText?: (() => void) | undefined;
}

/** Markdown that grows. Its DOM belongs to the Markdown stream, which is given only what is new. */
export function Body({ text, open, cursor, onText }: Props) {
  const root = useRef<HTMLDivElement>(null);
  const last = useRef<Drawing | null>(null);

  useLayoutEffect(() => {
    const element = root.current;
    if (!element) return;
    let drawing = last.current;
    const grows = drawing && text.startsWith(drawing.text) && !(drawing.ended && text !== drawing.text);
    if (!drawing || !grows) {
      element.replaceChildren();
      drawing = last.current = { text: "", ended: false, stream: createMarkdownStream(element) };
    }
    if (text.length > drawing.text.length) {
      if (drawing.text === "") onText?.();
      drawing.stream.write(text.slice(drawing.text.length));
      drawing.text = text;
    }
    if (!open && !drawing.ended) {
      drawing.stream.end();
      drawing.ended = true;
    }
    moveCursor(element, cursor);
  });

  return <div class="ipytalk-body" ref={root} />;
}
