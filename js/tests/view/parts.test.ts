import { afterEach, expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import type { Part, ToolPart } from "../../src/protocol.ts";
import { answer, drawn, open, said, snapshot } from "../mock-model.ts";

let chat: ReturnType<typeof open>;
afterEach(() => chat.close());

const article = () => page.getByRole("article", { name: "Answer" });
const button = (name: string) => page.getByRole("button", { name });
const tool = (changes: Partial<ToolPart> = {}): ToolPart => ({
  type: "tool",
  id: "t1",
  name: "query",
  input: { sql: "select 1" },
  status: "called",
  output: null,
  ...changes,
});

function set(seq: number, index: number, part: Part): void {
  chat.receive({ type: "part", seq, message: "a1", index, part });
}

test("a tool's call is a folded card, and the text after it streams on", async () => {
  const parts: Part[] = [{ type: "text", text: "Let me look." }];
  chat = open({
    snapshot: snapshot({ seq: 1, messages: [said("Hi"), answer({ status: "streaming", parts })] }),
  });
  set(2, 1, tool({ status: "running" }));
  await expect.element(article()).toHaveTextContent("query running");
  await expect.element(article()).not.toHaveTextContent("select 1");
  set(3, 1, tool({ status: "done", output: "42" }));
  chat.receive({ type: "delta", seq: 4, message: "a1", text: "It is 42." });
  await expect.element(article()).toHaveTextContent("query done");
  await userEvent.click(button("query"));
  await expect.element(article()).toHaveTextContent("select 1");
  await drawn();
  expect([...chat.el.querySelectorAll(".ipytalk-body")].map((body) => body.textContent)).toEqual([
    "Let me look.",
    "It is 42.",
  ]);
});

test("a tool that asks shows what it would do, and the answer goes to the kernel once", async () => {
  const parts = [tool({ status: "asking" })];
  chat = open({
    snapshot: snapshot({ seq: 1, messages: [said("Hi"), answer({ status: "streaming", parts })] }),
  });
  await expect.element(article()).toHaveTextContent("select 1");
  await userEvent.click(button("Allow"));
  await expect.element(button("Allow")).toBeDisabled();
  expect(chat.commands()).toMatchObject([{ type: "decide", tool: "t1", allow: true }]);
  set(2, 0, tool({ status: "running" }));
  await expect.element(button("Deny")).not.toBeInTheDocument();
});

test("a picture is a thumbnail, data is folded under its name, and an SVG is never drawn", async () => {
  const attachment = { type: "attachment", data: "iVBORw0KGgo=" } as const;
  const parts: Part[] = [
    { ...attachment, name: "plot", media_type: "image/png" },
    { ...attachment, name: "drawing", media_type: "image/svg+xml" },
    { type: "attachment", name: "df", media_type: "text/csv", data: "a,b\n1,2" },
    { type: "text", text: "Why the peak?" },
  ];
  chat = open({ snapshot: snapshot({ seq: 1, messages: [said("", { parts })] }) });
  await expect.element(page.getByRole("img", { name: "plot" })).toBeInTheDocument();
  expect(chat.el.querySelectorAll("img")).toHaveLength(1);
  await userEvent.click(page.getByText("df"));
  await expect.element(page.getByText("a,b")).toBeVisible();
});

test("a large picture is asked for when it is shown, by what the kernel calls it", async () => {
  const large = {
    type: "attachment",
    name: "plot",
    media_type: "image/png",
    data: null,
    ref: "u1/0",
  } as const;
  chat = open({ snapshot: snapshot({ seq: 1, messages: [said("Why?", { parts: [large] })] }) });
  await expect.poll(() => chat.commands()).toMatchObject([{ type: "attached", ref: "u1/0" }]);
  const id = chat.commands()[0]?.id;
  chat.receive({ type: "reply", id, reply: { status: "ok", text: "iVBORw0KGgo=" } });
  const picture = page.getByRole("img", { name: "plot" });
  await expect.element(picture).toHaveAttribute("src", "data:image/png;base64,iVBORw0KGgo=");
});

test("what a tool is called with can't be reordered by characters that nobody sees", async () => {
  const parts = [
    tool({ name: "run\u202e", input: { command: "rm \u2066x" }, status: "asking", output: "\u200f" }),
  ];
  chat = open({
    snapshot: snapshot({ seq: 1, messages: [said("Hi"), answer({ status: "streaming", parts })] }),
  });
  await expect.element(article()).toHaveTextContent("rm \ufffdx");
  expect(article().element().textContent).not.toMatch(/[\u200f\u202e\u2066]/);
});

test("a screen reader hears that a tool waits for leave", async () => {
  const parts = [tool({ status: "running" })];
  chat = open({
    snapshot: snapshot({ seq: 1, messages: [said("Hi"), answer({ status: "streaming", parts })] }),
  });
  set(2, 0, tool({ status: "asking" }));
  await expect.element(page.getByRole("status").last()).toHaveTextContent("query asks to run");
});
