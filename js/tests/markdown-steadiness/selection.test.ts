import { beforeEach, describe, expect, it } from "vitest";
import { createMarkdownStream } from "../../src/markdown/index.ts";
import { chunksOf } from "../markdown-counters/chunks.ts";
import everyConstruct from "../markdown-documents/every-construct.txt?raw";

let root: HTMLElement;

beforeEach(() => {
  document.body.replaceChildren();
  root = document.body.appendChild(document.createElement("div"));
  root.style.width = "720px";
});

/** A selection as a reader sees it: its text and its two ends. */
function selected() {
  const selection = getSelection();
  if (!selection) throw new Error("this page has no selection");
  return {
    text: selection.toString(),
    start: [selection.anchorNode, selection.anchorOffset] as const,
    end: [selection.focusNode, selection.focusOffset] as const,
  };
}

function select(from: Node, fromOffset: number, to: Node, toOffset: number): void {
  getSelection()?.setBaseAndExtent(from, fromOffset, to, toOffset);
}

/** What can be selected: a code block's label and its button can't. */
function textsOf(element: Node): Text[] {
  const texts: Text[] = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const selectable = node.parentElement && getComputedStyle(node.parentElement).userSelect !== "none";
    if (selectable && (node as Text).data.trim()) texts.push(node as Text);
  }
  return texts;
}

/** Streams `before`, selects with `choose`, streams `after`: the selection must be what it was, at each flush. */
async function survives(before: string, after: string, choose: () => void): Promise<void> {
  getSelection()?.removeAllRanges();
  const markdown = createMarkdownStream(root);
  for (const chunk of chunksOf(before, 4)) markdown.write(chunk);
  const told = new Promise((tell) => document.addEventListener("selectionchange", tell, { once: true }));
  choose();
  await told; // a hand that selects is slower than the event that tells of it
  const chosen = selected();
  expect(chosen.text.trim()).not.toBe("");
  for (const chunk of chunksOf(after, 4)) {
    markdown.write(chunk);
    expect(selected()).toEqual(chosen);
  }
  markdown.end();
  expect(selected()).toEqual(chosen);
}

/** Where each of the document's blocks ends, and how it begins. */
const BLOCKS: { name: string; end: number }[] = [];
for (const block of everyConstruct.split("\n\n")) {
  const end = (BLOCKS.at(-1)?.end ?? 0) + block.length + 2;
  BLOCKS.push({ name: block.slice(0, 40).replaceAll("\n", " "), end });
}

describe("a selection in a finished block", () => {
  it.each(BLOCKS.slice(0, -1).filter((_, at) => at % 3 === 0))(
    "survives the rest of the stream: $name",
    async ({ end }) => {
      await survives(everyConstruct.slice(0, end), everyConstruct.slice(end, end + 600), () => {
        const texts = textsOf(root);
        const first = texts.at(-3) ?? texts[0];
        const last = texts.at(-2) ?? texts[0];
        if (!first || !last) throw new Error("nothing is drawn yet");
        select(first, 0, last, last.length);
      });
    },
  );

  it("survives from the first block to the end of the whole document", async () => {
    const end = BLOCKS[3]?.end ?? 0;
    await survives(everyConstruct.slice(0, end), everyConstruct.slice(end), () => {
      const texts = textsOf(root);
      const [first, last] = [texts[1], texts.at(-2)];
      if (!first || !last) throw new Error("nothing is drawn yet");
      select(first, 2, last, last.length - 1);
    });
  });
});

describe("a selection in the growing block", () => {
  const inLastText = (from: number, to: number) => () => {
    const last = textsOf(root).at(-1);
    if (!last) throw new Error("nothing is drawn yet");
    select(last, from, last, to);
  };

  it("survives in a plain paragraph", async () => {
    await survives(
      "The mean of the column",
      " grows with **each** row, and `so` does [the rest](https://example.org).\n\nEnd.\n",
      inLastText(4, 11),
    );
  });

  it("survives in a paragraph with markup before and after it", async () => {
    await survives(
      "Some **bold** and then plain",
      " words, then *more* of it\nand a second line.\n",
      inLastText(2, 10),
    );
  });

  it("survives in a paragraph of many kilobytes", async () => {
    const long = "plain words that go on, ".repeat(400);
    await survives(long, long.slice(0, 2_000), inLastText(3, 20));
  });

  it("survives in an item of a growing list", async () => {
    await survives(
      "- one\n- two\n- the third",
      " goes on\n- four\n\n  now loose\n- five\n",
      inLastText(4, 9),
    );
  });

  it("survives in a row of a growing table", async () => {
    await survives(
      "| a | b |\n|---|---|\n| one | two |\n| three |",
      " four |\n| five | six |\n\nEnd.\n",
      inLastText(0, 4),
    );
  });

  it("survives in a growing fence", async () => {
    const line = "value = compute(value)\n";
    await survives(
      `\`\`\`python\n${line.repeat(70)}`,
      `${line.repeat(20)}\`\`\`\n\nEnd.\n`,
      inLastText(2, 9),
    );
  });

  it("survives in a growing quote", async () => {
    await survives("> A quote that someone", " wrote\n> on two lines\n\nEnd.\n", inLastText(2, 7));
  });
});
