import { afterEach, beforeEach, expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import type { Message } from "../../src/protocol.ts";
import { answer, drawn, open, said, snapshot } from "../mock-model.ts";

let chat: ReturnType<typeof open>;
beforeEach(() => sessionStorage.clear());
afterEach(() => chat.close());

const log = () => page.getByRole("log").element() as HTMLElement;
const message = () => page.getByRole("textbox", { name: "Message" });
const parts: Message["parts"] = [
  { type: "thinking", text: "Hm, well." },
  { type: "text", text: "A line.\n\n".repeat(40) },
];
const traits = {
  height: "200px",
  snapshot: snapshot({ seq: 1, messages: [said("Hi"), answer({ status: "complete", parts })] }),
};

async function leaveThings(): Promise<void> {
  await userEvent.fill(message(), "half a thought");
  (message().element() as HTMLTextAreaElement).setSelectionRange(4, 4);
  log().scrollTop = 0;
  await userEvent.click(page.getByRole("button", { name: "Thought" }));
  log().scrollTop = 120;
  await new Promise((resolve) => setTimeout(resolve, 250));
}

async function expectThings(): Promise<void> {
  await drawn();
  await expect.element(message()).toHaveValue("half a thought");
  expect((message().element() as HTMLTextAreaElement).selectionStart).toBe(4);
  expect(log().scrollTop).toBe(120);
  await expect.element(page.getByText("Hm, well.")).toBeInTheDocument();
}

test("a view that is made anew has the draft, the caret, the scroll position and the open folds", async () => {
  chat = open(traits);
  await leaveThings();
  chat.view.hide();
  chat.show();
  await expectThings();
});

test("a page that is loaded again has them too", async () => {
  chat = open(traits);
  await leaveThings();
  window.dispatchEvent(new PageTransitionEvent("pagehide"));
  chat.close();
  chat = open(traits);
  await expectThings();
});

test("a view that the host takes off the page for a while comes back as it was", async () => {
  chat = open(traits);
  await leaveThings();
  chat.el.remove();
  await new Promise((resolve) => setTimeout(resolve, 250));
  document.body.append(chat.el);
  await new Promise((resolve) => setTimeout(resolve, 250));
  await expectThings();
});

test("a view that is made off the page has them when it is put there", async () => {
  chat = open(traits);
  await leaveThings();
  chat.view.hide();
  const { el } = chat.show();
  el.remove();
  await new Promise((resolve) => setTimeout(resolve, 100));
  document.body.append(el);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await expectThings();
});

test("a view that followed the end follows it when it comes back", async () => {
  chat = open(traits);
  await drawn();
  chat.el.remove();
  await drawn();
  document.body.append(chat.el);
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(log().scrollHeight - log().scrollTop - log().clientHeight).toBeLessThan(1);
  await expect.element(page.getByRole("button", { name: "Jump to latest" })).not.toBeInTheDocument();
});

test("a second view has its own, and leaves the first one's alone", async () => {
  chat = open(traits);
  await leaveThings();
  const second = chat.show();
  const own = page.elementLocator(second.el);
  await expect.element(own.getByRole("textbox", { name: "Message" })).toHaveValue("");
  await userEvent.fill(own.getByRole("textbox", { name: "Message" }), "something else");
  second.hide();
  chat.view.hide();
  chat.show();
  await expectThings();
});
