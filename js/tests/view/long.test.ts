import { afterEach, expect, test } from "vitest";
import { page } from "vitest/browser";
import { answer, drawn, open, said, snapshot } from "../mock-model.ts";

let chat: ReturnType<typeof open>;
afterEach(() => chat.close());

const MESSAGES = 500;
const log = () => page.getByRole("log").element() as HTMLElement;
const bodies = () => chat.el.querySelectorAll(".ipytalk-body").length;

function openLong(): void {
  const text = "Some **bold** words.\n\n- one\n- two\n\n".repeat(100);
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
