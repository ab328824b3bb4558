import { useLayoutEffect, useRef } from "preact/hooks";
import type { Loader } from "../enhancements/loader.ts";
import { createMarkdownStream, type MarkdownStream } from "../markdown/index.ts";
import "./cursor.css";

/**
 * In ms. The cursor blinks only where no text comes: beside anything animated, what arrives waits for the next regular
 * frame, 8 ms on average, and otherwise it is painted at once.
 */
const RESTING_AFTER = 600;

interface Drawing {
  text: string;
  ended: boolean;
  readonly stream: MarkdownStream;
}

/** Writes on in the text that grows, with no look at anything else: its first words then come 1 ms sooner. */
export interface Pen {
  /** Bring what grows up to `text`. False if it isn't the part `name`, or nothing came to it. */
  write?: ((name: string, text: string) => boolean) | undefined;
}

interface Props {
  /** Tells this part from all others. */
  readonly name: string;
  readonly text: string;
  /** More text may follow. */
  readonly open: boolean;
  /** A cursor stands behind the last character. */
  readonly cursor: boolean;
  /** Where highlighting and math come from. */
  readonly loader: Loader;
  /** Given to what it may write on in. */
  readonly pen?: Pen | false;
}

/** Markdown that grows. What is in it belongs to the Markdown stream, which is given only what is new. */
export function Body({ name, text, open, cursor, loader, pen }: Props) {
  const root = useRef<HTMLDivElement>(null);
  const last = useRef<Drawing | null>(null);

  useLayoutEffect(() => {
    const body = root.current;
    if (!body) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let length = 0;
    const show = (now: string, seen: boolean): void => {
      length = now.length;
      last.current = draw(body, last.current, now, open, loader);
      body.toggleAttribute("data-cursor", seen);
      body.toggleAttribute("data-line-end", seen && !!last.current.stream.tail().textContent?.endsWith("\n"));
      body.removeAttribute("data-resting");
      clearTimeout(timer);
      if (seen) timer = setTimeout(() => body.setAttribute("data-resting", ""), RESTING_AFTER);
    };
    show(text, cursor);
    if (pen) {
      pen.write = (part, now) => {
        const grown = part === name && now.length > length;
        if (grown) show(now, true);
        return grown;
      };
    }
    return () => {
      clearTimeout(timer);
      if (pen) pen.write = undefined;
    };
  });

  return <div class="ipytalk-body" dir="auto" ref={root} />;
}

/** Bring `drawing` up to `text`: by what was added if it was extended, else from the start. */
function draw(
  root: HTMLElement,
  drawing: Drawing | null,
  text: string,
  open: boolean,
  loader: Loader,
): Drawing {
  const extended = drawing && text.startsWith(drawing.text) && !(drawing.ended && text !== drawing.text);
  const now = extended ? drawing : { text: "", ended: false, stream: begin(root, loader) };
  if (text.length > now.text.length) {
    const added = text.slice(now.text.length);
    now.text = text;
    now.stream.write(added);
  }
  if (!open && !now.ended) {
    now.stream.end();
    now.ended = true;
  }
  return now;
}

function begin(root: HTMLElement, loader: Loader): MarkdownStream {
  const page = document.createElement("div");
  root.replaceChildren(page);
  const stream = createMarkdownStream(page, {
    ...loader.present,
    onNeed: (need) => loader.want(need, (enhancement) => stream.enhance(enhancement)),
  });
  return stream;
}
