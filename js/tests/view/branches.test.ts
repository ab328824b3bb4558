import { afterEach, expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import { answer, drawn, open, said } from "../mock-model.ts";

let chat: ReturnType<typeof open>;
afterEach(() => chat.close());

const button = (name: string) => page.getByRole("button", { name, exact: true });
const complete = (id: string, text: string, version: number, versions: number) =>
  answer({ id, status: "complete", parts: [{ type: "text", text }], version, versions });

function having(...messages: object[]): void {
  chat = open();
  messages.forEach((message, index) => {
    chat.receive({ type: "insert", seq: index + 1, message });
  });
}

test("a message of which there are no others has no pager", async () => {
  having(said("Hi"), answer({ status: "complete" }));
  await drawn();
  expect(button("Previous version").elements()).toEqual([]);
});

test("a pager asks for the version, and keeps the focus from one to the next", async () => {
  having(said("Hi"), complete("a3", "third", 3, 3));
  await expect.element(page.getByText("3 of 3")).toBeInTheDocument();
  await expect.element(button("Next version")).toBeDisabled();
  await userEvent.click(button("Previous version"));
  expect(chat.commands()).toMatchObject([{ type: "switch", message: "a3", version: 2 }]);
  chat.receive({ type: "branch", seq: 3, gone: ["a3"], come: [complete("a2", "second", 2, 3)] });
  await expect.element(page.getByRole("article", { name: "Answer" })).toHaveTextContent("second");
  await expect.element(button("Previous version")).toHaveFocus();
  await userEvent.keyboard("{Enter}");
  expect(chat.commands().at(-1)).toMatchObject({ type: "switch", message: "a2", version: 1 });
  chat.receive({ type: "branch", seq: 4, gone: ["a2"], come: [complete("a1", "first", 1, 3)] });
  await expect.element(button("Next version")).toHaveFocus();
  await expect.element(button("Previous version")).toBeDisabled();
});

test("one's own message has a pager too, and what stood below a version comes with it", async () => {
  having(said("Two", { version: 2, versions: 2 }), answer({ status: "complete" }));
  await userEvent.click(button("Previous version"));
  const come = [said("One", { id: "u0", version: 1, versions: 2 }), complete("a0", "below", 1, 1)];
  chat.receive({ type: "branch", seq: 3, gone: ["u1", "a1"], come });
  await expect.element(page.getByRole("article", { name: "You" })).toHaveTextContent("One");
  await expect.element(page.getByRole("article", { name: "Answer" })).toHaveTextContent("below");
});

test("versions stay as they are while an answer streams", async () => {
  having(said("Hi"), complete("a2", "second", 2, 2), said("More", { id: "u2" }), answer({ id: "a3" }));
  await expect.element(button("Previous version")).toBeDisabled();
});

test("what was cleared can be had back until something is said", async () => {
  having(said("Hi"), answer({ status: "complete" }));
  await userEvent.click(button("Clear"));
  chat.receive({ type: "remove", seq: 3, messages: ["u1", "a1"] });
  await userEvent.click(button("Undo"));
  expect(chat.commands().at(-1)).toMatchObject({ type: "undo" });
  chat.receive({ type: "branch", seq: 4, gone: [], come: [said("Hi")] });
  await expect.element(page.getByRole("article", { name: "You" })).toBeVisible();
  await expect.element(button("Undo")).not.toBeInTheDocument();
});
