import { afterEach, expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import { answer, drawn, open, said, snapshot } from "../mock-model.ts";

let chat: ReturnType<typeof open>;
afterEach(() => chat.close());

const button = (name: string) => page.getByRole("button", { name, exact: true });
const message = () => page.getByRole("textbox", { name: "Message" });

test("Send gives the text to the kernel, and is Stop from that moment", async () => {
  chat = open();
  await userEvent.fill(message(), "Hello there");
  await userEvent.click(button("Send"));
  await expect.element(button("Stop")).toBeVisible();
  await expect.element(button("Send")).not.toBeInTheDocument();
  expect(chat.commands()).toMatchObject([{ type: "send", text: "Hello there" }]);
  await expect.element(message()).toHaveValue("");
});

test("what was sent stands in the transcript before and after the kernel shows it, once", async () => {
  chat = open();
  await userEvent.fill(message(), "Hello there");
  await userEvent.keyboard("{Enter}");
  const sent = chat.commands()[0];
  await expect.element(page.getByText("Hello there")).toBeVisible();
  chat.receive({ type: "insert", seq: 1, message: said("Hello there", { id: sent?.id ?? "" }) });
  await drawn();
  expect(page.getByText("Hello there").elements()).toHaveLength(1);
  await expect.element(button("Stop")).toBeVisible();
});

test("an answer streams into the transcript and gives Send back at its end", async () => {
  chat = open();
  chat.receive({ type: "insert", seq: 1, message: said("Hi") });
  chat.receive({ type: "insert", seq: 2, message: answer() });
  chat.receive({ type: "delta", seq: 3, message: "a1", text: "One " });
  chat.receive({ type: "delta", seq: 4, message: "a1", text: "two" });
  const article = page.getByRole("article", { name: "Answer" });
  await expect.element(article).toHaveTextContent("One two");
  await expect.element(article).toHaveAttribute("data-status", "streaming");
  await expect.element(button("Stop")).toBeVisible();
  chat.receive({ type: "update", seq: 5, message: "a1", changes: { status: "complete" } });
  await expect.element(article).toHaveAttribute("data-status", "complete");
  await expect.element(button("Send")).toBeVisible();
});

test("Stop is sent at once, and shows that it was pressed", async () => {
  chat = open();
  chat.receive({ type: "insert", seq: 1, message: answer() });
  await userEvent.click(button("Stop"));
  await drawn();
  await expect.element(button("Stop")).toHaveAttribute("data-stopping");
  expect(chat.commands()).toMatchObject([{ type: "stop" }]);
});

test("the focus stays in the chat when the button that had it is gone", async () => {
  chat = open();
  const inChat = () => chat.el.contains(document.activeElement);
  await userEvent.fill(message(), "Hello");
  await userEvent.click(button("Send"));
  await drawn();
  expect(inChat()).toBe(true);
  chat.receive({ type: "insert", seq: 1, message: said("Hello", { id: chat.commands()[0]?.id ?? "" }) });
  chat.receive({ type: "insert", seq: 2, message: answer({ status: "complete" }) });
  await drawn();
  await userEvent.click(button("Retry"));
  await drawn();
  expect(inChat()).toBe(true);
  await userEvent.keyboard("{Escape}");
  expect(chat.commands().map(({ type }) => type)).toEqual(["send", "retry", "stop"]);
});

test("the focus stays in the chat when its button has nothing more to do", async () => {
  chat = open({ snapshot: snapshot({ seq: 1, messages: [said("Hi"), answer({ status: "streaming" })] }) });
  (button("Stop").element() as HTMLElement).focus();
  chat.receive({ type: "update", seq: 2, message: "a1", changes: { status: "complete" } });
  await expect.element(button("Send")).toBeDisabled();
  await drawn();
  expect(document.activeElement).toBe(message().element());
});

test("the focus stays in the chat when a tool's question is answered", async () => {
  const tool = { type: "tool", id: "t1", name: "delete", input: {}, status: "asking", output: null } as const;
  const asking = answer({ status: "streaming", parts: [tool] });
  chat = open({ snapshot: snapshot({ seq: 1, messages: [said("Hi"), asking] }) });
  (button("Deny").element() as HTMLElement).focus();
  await userEvent.keyboard("{Enter}");
  await drawn();
  expect(chat.el.contains(document.activeElement)).toBe(true);
  expect(chat.commands()).toMatchObject([{ type: "decide", allow: false }]);
});

test("a double click on Send doesn't stop what it sent", async () => {
  chat = open();
  await userEvent.fill(message(), "Hello");
  await userEvent.dblClick(button("Send"));
  expect(chat.commands().map(({ type }) => type)).toEqual(["send"]);
});

test("who goes on clicking after a double click on Send means Stop", async () => {
  chat = open();
  await userEvent.fill(message(), "Hello");
  const clicked = button("Send").element();
  for (const detail of [1, 2, 3]) {
    clicked.dispatchEvent(new MouseEvent("click", { detail, bubbles: true }));
    await drawn();
  }
  expect(chat.commands().map(({ type }) => type)).toEqual(["send", "stop"]);
});

test("where the kernel has ended, a suggestion is refused with a sentence, and nothing waits", async () => {
  chat = open({ suggestions: ["Why?"] });
  Object.assign(chat.model, { comm_live: false });
  chat.fire("comm_live_update");
  await drawn();
  await userEvent.click(button("Why?"));
  await expect.element(page.getByText("No kernel is there to answer.", { exact: false })).toBeVisible();
  expect(chat.commands()).toEqual([]);
  expect(button("Stop").elements()).toEqual([]);
});
