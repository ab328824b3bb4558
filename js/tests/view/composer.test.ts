import { afterEach, expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import { answer, drawn, open, said, snapshot } from "../mock-model.ts";

let chat: ReturnType<typeof open>;
afterEach(() => chat.close());

const button = (name: string) => page.getByRole("button", { name, exact: true });
const message = () => page.getByRole("textbox", { name: "Message" });
const box = () => message().element() as HTMLTextAreaElement;
const streaming = { snapshot: snapshot({ seq: 1, messages: [said("Hi"), answer({ status: "streaming" })] }) };

test("Shift+Enter breaks the line, Enter sends it all", async () => {
  chat = open();
  await userEvent.click(message());
  await userEvent.keyboard("one{Shift>}{Enter}{/Shift}two");
  await expect.element(message()).toHaveValue("one\ntwo");
  expect(chat.commands()).toEqual([]);
  await userEvent.keyboard("{Enter}");
  expect(chat.commands()).toMatchObject([{ type: "send", text: "one\ntwo" }]);
});

test("nothing but spaces can't be sent", async () => {
  chat = open();
  await userEvent.fill(message(), "  \n ");
  await userEvent.keyboard("{Enter}");
  await expect.element(button("Send")).toBeDisabled();
  expect(chat.commands()).toEqual([]);
});

test("Enter that ends an IME composition doesn't send", async () => {
  chat = open();
  await userEvent.fill(message(), "こんにちは");
  const enter = { key: "Enter", bubbles: true, cancelable: true };
  box().dispatchEvent(new KeyboardEvent("keydown", { ...enter, isComposing: true }));
  box().dispatchEvent(new KeyboardEvent("keydown", { ...enter, keyCode: 229 }));
  expect(chat.commands()).toEqual([]);
});

test("ArrowUp in an empty box brings back the last message, and only there", async () => {
  chat = open({ snapshot: snapshot({ seq: 1, messages: [said("Before"), answer({ status: "complete" })] }) });
  await userEvent.click(message());
  await userEvent.keyboard("{ArrowUp}");
  await expect.element(message()).toHaveValue("Before");
  await userEvent.fill(message(), "My own");
  await userEvent.keyboard("{ArrowUp}");
  await expect.element(message()).toHaveValue("My own");
});

test("a draft can be written while an answer streams, and Enter doesn't lose it", async () => {
  chat = open(streaming);
  await userEvent.fill(message(), "Next question");
  await userEvent.keyboard("{Enter}");
  chat.receive({ type: "delta", seq: 2, message: "a1", text: "more" });
  await drawn();
  await expect.element(message()).toHaveValue("Next question");
  expect(chat.commands()).toEqual([]);
});

test("Escape stops from anywhere in the chat", async () => {
  chat = open(streaming);
  (page.getByRole("log").element() as HTMLElement).focus();
  await userEvent.keyboard("{Escape}");
  expect(chat.commands()).toMatchObject([{ type: "stop" }]);
});

test("no key reaches the notebook, but the one that saves it does", async () => {
  chat = open();
  const heard: string[] = [];
  const listen = (event: KeyboardEvent): void => void heard.push(event.key);
  document.addEventListener("keydown", listen);
  await userEvent.click(message());
  await userEvent.keyboard("ddab{Escape}{Shift>}{Enter}{/Shift}{Control>}{Enter}{/Control}");
  await userEvent.keyboard("{Control>}s{/Control}");
  document.removeEventListener("keydown", listen);
  expect(heard.filter((key) => key !== "Control")).toEqual(["s"]);
});

test("grows with its text up to a limit, and back", async () => {
  chat = open();
  await userEvent.fill(message(), "one line");
  const low = box().offsetHeight;
  await userEvent.fill(message(), "line\n".repeat(4));
  const higher = box().offsetHeight;
  await userEvent.fill(message(), "line\n".repeat(80));
  const highest = box().offsetHeight;
  await userEvent.fill(message(), "one line");
  expect(higher).toBeGreaterThan(low * 2);
  expect(highest).toBeLessThan(260);
  expect(box().offsetHeight).toBe(low);
});

test("a refused message says why, and its text is back in the box", async () => {
  chat = open();
  await userEvent.fill(message(), "Hello");
  await userEvent.keyboard("{Enter}");
  chat.receive({ type: "refused", id: chat.commands()[0]?.id, message: "The kernel is full." });
  await expect.element(page.getByText("The kernel is full.")).toBeVisible();
  await expect.element(message()).toHaveValue("Hello");
  await expect.element(button("Send")).toBeEnabled();
  await userEvent.click(button("Dismiss"));
  await expect.element(page.getByText("The kernel is full.")).not.toBeInTheDocument();
});

test("a chat of one answer has no composer, and Stop while it streams", async () => {
  chat = open({
    composer: false,
    snapshot: snapshot({ seq: 1, messages: [answer({ status: "streaming" })] }),
  });
  expect(message().elements()).toEqual([]);
  await expect.element(button("Stop")).toBeVisible();
  chat.receive({ type: "update", seq: 2, message: "a1", changes: { status: "complete" } });
  await expect.element(button("Stop")).not.toBeInTheDocument();
  expect(button("Retry").elements()).toEqual([]);
});
