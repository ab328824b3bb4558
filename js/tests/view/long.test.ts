import { afterEach, expect, test } from "vitest";
import { page } from "vitest/browser";
import { answer, drawn, open, said, snapshot } from "../mock-model.ts";

let chat: ReturnType<typeof open>;
afterEach(() => chat.close());

const MESSAGES = 500;
const log = () => page.getByRole("log").element() as HTMLElement;
const bodies = () => chat.el.querySelectorAll(".ipytalk-body").length;

function openLong(length = 100): void {
  const text = "Some **bold** words.\n\n- one\n- two\n\n".repeat(length);
  const messages = Array.from({ length: MESSAGES }, (_, index) =>
    index % 2
      ? answer({ id: `a${index}`, status: "complete", parts: [{ type: "text", text }] })
      : said(`Question ${index}`, { id: `u${index}` }),
  );
  chat = open({ snapshot: snapshot({ seq: 1, messages }) });
}

test("a long conversation is drawn where it is seen, and there only", async () => {
  openLong();
  await drawn();
  expect(bodies()).toBeLessThan(20);
  expect(chat.el.querySelectorAll("article")).toHaveLength(MESSAGES);
  expect(log().scrollHeight - log().scrollTop - log().clientHeight).toBeLessThan(1);
  log().scrollTop = 0;
  await expect.poll(() => chat.el.querySelector("article:nth-child(2) strong")).not.toBeNull();
  expect(bodies()).toBeLessThan(40);
});

test("a message that isn't drawn yet can be found by its text", async () => {
  openLong();
  await drawn();
  const first = chat.el.querySelector("article:nth-child(2)");
  expect(first?.textContent).toContain("Some **bold** words.");
  expect(first?.getAttribute("data-status")).toBe("complete");
});

test("who scrolls up through what isn't drawn yet sees nothing jump", async () => {
  openLong(10);
  await drawn();
  const { left, top, width, height } = log().getBoundingClientRect();
  for (let turn = 0; turn < 40; turn++) {
    const seen = document.elementFromPoint(left + width / 3, top + height / 2) as Element;
    const before = seen.getBoundingClientRect().top;
    log().scrollTop -= 250;
    await drawn();
    await drawn();
    expect(seen.isConnected).toBe(true);
    expect(Math.abs(seen.getBoundingClientRect().top - before - 250)).toBeLessThan(2);
  }
  expect(bodies()).toBeGreaterThan(10);
});

test("messages in the middle of a conversation keep what was opened in them when others come and go", async () => {
  openLong();
  await drawn();
  log().scrollTop = log().scrollHeight / 2;
  await expect
    .poll(() => [...chat.el.querySelectorAll("article:not([data-far])")].length)
    .toBeGreaterThan(24);
  const seen = chat.el.querySelector<HTMLElement>("article[data-role=user]:not([data-far])");
  seen?.querySelector<HTMLElement>("[aria-label=Edit]")?.click();
  await expect.poll(() => chat.el.querySelector("[data-editing] textarea")).not.toBeNull();
  const editor = chat.el.querySelector("[data-editing] textarea");
  for (let seq = 2; seq < 14; seq++) {
    chat.receive({ type: "insert", seq, message: said("More", { id: `m${seq}` }) });
    await drawn();
  }
  chat.receive({ type: "remove", seq: 14, messages: Array.from({ length: 10 }, (_, i) => `m${i + 4}`) });
  await drawn();
  expect(chat.el.querySelectorAll("article")).toHaveLength(MESSAGES + 2);
  expect(chat.el.querySelector("[data-editing] textarea")).toBe(editor);
});
