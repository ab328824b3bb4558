import { afterEach, describe, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import type { Message } from "../../src/protocol.ts";
import { answer, drawn, open, said, snapshot } from "../mock-model.ts";

let chat: ReturnType<typeof open>;
afterEach(() => {
  chat.close();
  vi.useRealTimers();
});

const button = (name: string) => page.getByRole("button", { name, exact: true });
const article = () => page.getByRole("article", { name: "Answer" });
const text = (text: string): Message["parts"] => [{ type: "text", text }];

function having(...messages: Message[]): void {
  chat = open({ snapshot: snapshot({ seq: 1, messages }) });
}

describe("text that streams", () => {
  test("keeps the nodes that stand while more comes", async () => {
    having(said("Hi"), answer({ status: "streaming", parts: text("First paragraph.\n\nSecond ") }));
    await drawn();
    const first = chat.el.querySelector(".ipytalk-body p");
    chat.receive({ type: "delta", seq: 2, message: "a1", text: "one." });
    await drawn();
    expect(chat.el.querySelector(".ipytalk-body p")).toBe(first);
    expect(article().element().textContent).toContain("Second one.");
  });

  test("is drawn anew when a snapshot replaces it", async () => {
    having(said("Hi"), answer({ status: "streaming", parts: text("An old beginning") }));
    await drawn();
    const other = answer({ status: "complete", parts: text("Another *answer*") });
    chat.receive({ type: "snapshot", snapshot: snapshot({ seq: 9, messages: [said("Hi"), other] }) });
    await drawn();
    expect(chat.el.querySelector(".ipytalk-body")?.textContent).toBe("Another answer");
  });

  test("has a cursor while it streams, and none when it ended", async () => {
    having(answer({ status: "streaming", parts: text("- item **bo") }));
    await drawn();
    const tail = chat.el.querySelector("[data-cursor] [data-ipytalk-tail]");
    if (!tail) throw new Error("no cursor");
    expect(tail.closest("li")).not.toBeNull();
    expect(getComputedStyle(tail, "::after").position).toBe("absolute");
    chat.receive({ type: "update", seq: 2, message: "a1", changes: { status: "complete" } });
    await drawn();
    expect(chat.el.querySelector("[data-cursor]")).toBeNull();
  });

  test("has a cursor that blinks only while no text comes", async () => {
    having(answer({ status: "streaming", parts: text("Start ") }));
    await drawn();
    const animated = () => article().element().getAnimations({ subtree: true }).length;
    expect(animated()).toBe(0);
    await vi.waitFor(() => expect(animated()).toBe(1), 3_000);
    chat.receive({ type: "delta", seq: 2, message: "a1", text: "and on" });
    await drawn();
    expect(animated()).toBe(0);
  });

  test("is drawn at once, and the rest of a frame's deltas in one piece", async () => {
    having(answer({ status: "streaming", parts: text("Start ") }));
    await drawn();
    const body = chat.el.querySelector(".ipytalk-body") as Element;
    const changes: MutationRecord[][] = [];
    const observer = new MutationObserver((records) => void changes.push(records));
    observer.observe(body, { subtree: true, childList: true, characterData: true });
    chat.receive({ type: "delta", seq: 2, message: "a1", text: "word " });
    expect(body.textContent).toContain("word");
    for (let seq = 3; seq < 30; seq++) chat.receive({ type: "delta", seq, message: "a1", text: "word " });
    expect(body.textContent?.match(/word/g)).toHaveLength(1);
    await drawn();
    observer.disconnect();
    expect(changes.flat().length).toBeLessThanOrEqual(2);
    expect(body.textContent?.match(/word/g)).toHaveLength(28);
  });

  test("a skeleton stands where the first text will be, until it comes", async () => {
    having(said("Hi"), answer());
    await drawn();
    expect(chat.el.querySelectorAll(".ipytalk-skeleton")).toHaveLength(1);
    const height = page.getByRole("log").element().scrollHeight;
    chat.receive({ type: "delta", seq: 2, message: "a1", text: "Hello" });
    await drawn();
    expect(chat.el.querySelector(".ipytalk-skeleton")?.checkVisibility()).not.toBe(true);
    expect(page.getByRole("log").element().scrollHeight).toBeGreaterThanOrEqual(height);
    await expect.poll(() => chat.el.querySelector(".ipytalk-skeleton")).toBeNull();
  });

  test("is there before anything else is drawn, and the rest follows soon", async () => {
    having(said("Hi"), answer());
    await drawn();
    chat.receive({ type: "delta", seq: 2, message: "a1", text: "Hello" });
    expect(article().element().querySelector(".ipytalk-body")?.textContent).toBe("Hello");
    expect(article().element().getAttribute("data-status")).toBe("pending");
    await expect.poll(() => article().element().getAttribute("data-status")).toBe("streaming");
  });

  test("is drawn with what comes beside it in one frame", async () => {
    having(said("Hi"), answer());
    await drawn();
    chat.receive({ type: "delta", seq: 2, message: "a1", text: "Hello" });
    chat.receive({ type: "delta", seq: 3, message: "a1", text: " you" });
    chat.receive({ type: "update", seq: 4, message: "a1", changes: { status: "complete" } });
    await drawn();
    expect(article().element().textContent).toContain("Hello you");
    expect(article().element().getAttribute("data-status")).toBe("complete");
    expect(chat.el.querySelector("[data-cursor]")).toBeNull();
  });
});

describe("the footer", () => {
  const usage = { input_tokens: 1200, output_tokens: 90, cached_tokens: 1000, cache_write_tokens: 0 };

  test("tells times, rate and tokens", async () => {
    having(answer({ status: "complete", stop_reason: "end_turn", timing: { ttft: 0.5, total: 2 }, usage }));
    await expect.element(article()).toHaveTextContent("0.50 s to first token");
    await expect.element(article()).toHaveTextContent("2.00 s in all");
    await expect.element(article()).toHaveTextContent("60 tokens/s");
    await expect.element(article()).toHaveTextContent("1,200 in (1,000 cached), 90 out");
    await expect.element(article()).not.toHaveTextContent("end turn");
  });

  test("says that tokens are unknown where the provider didn't tell", async () => {
    const unknown = { ...usage, output_tokens: null };
    const timing = { ttft: 0.5, total: 2 };
    having(answer({ status: "complete", parts: text("A"), note: "Stopped.", timing, usage: unknown }));
    await expect.element(article()).toHaveTextContent("unknown out");
    await expect.element(article()).not.toHaveTextContent("tokens/s");
    await expect.element(article().getByText("Stopped.")).toHaveClass("ipytalk-reason");
  });

  test("leaves how it ended to the place of an answer that has no text", async () => {
    const note = "The model ended its answer without a word.";
    having(answer({ status: "complete", parts: [{ type: "thinking", text: "Hm." }], note }));
    await expect.element(article().getByText(note)).toHaveClass("ipytalk-ending");
    expect(article().element().querySelector(".ipytalk-reason")).toBeNull();
  });

  test.each([
    [0.00975, "USD", "$0.0098"],
    [0.000012, "USD", "$0.000012"],
    [0.1, "USD", "$0.10"],
    [12.3456, "EUR", "€12.35"],
    [0, "USD", "$0"],
    [3, "JPY", "¥3"],
    [null, "USD", "cost unknown"],
  ])("tells a cost of %s %s as %s", async (cost, currency, written) => {
    having(answer({ status: "complete", usage: { ...usage, cost, currency } }));
    await expect.element(article().getByText(written, { exact: true })).toBeVisible();
    const title = article().getByText(written, { exact: true }).element().getAttribute("title");
    expect(title).toBe("at the notebook's prices");
  });

  test("says nothing of a cost where there are no prices", async () => {
    having(answer({ status: "complete", usage }));
    await expect.element(article()).toHaveTextContent("90 out");
    expect(article().element().textContent).not.toMatch(/cost|\$/);
  });

  test("has this browser's own time for a message that was sent from this page", async () => {
    chat = open();
    await userEvent.fill(page.getByRole("textbox", { name: "Message" }), "Hi");
    await userEvent.keyboard("{Enter}");
    chat.receive({ type: "insert", seq: 1, message: said("Hi", { id: chat.commands()[0]?.id ?? "" }) });
    chat.receive({ type: "insert", seq: 2, message: answer() });
    chat.receive({ type: "delta", seq: 3, message: "a1", text: "Hello" });
    await drawn();
    await drawn();
    const timing = { ttft: 0.1, total: 0.2 };
    chat.receive({ type: "update", seq: 4, message: "a1", changes: { status: "complete", timing } });
    await expect.element(article()).toHaveTextContent(/\d\.\d\d s to screen/);
  });
});

describe("failures", () => {
  const failure = {
    kind: "overloaded",
    message: "The model is overloaded.",
    retryable: true,
    retry_after: null,
  };

  test("stand under the partial text, with Retry", async () => {
    having(said("Hi"), answer({ status: "error", error: failure, parts: text("So far") }));
    await expect.element(article()).toHaveTextContent("So far");
    await expect.element(article()).toHaveTextContent("The model is overloaded.");
    await userEvent.click(button("Retry"));
    expect(chat.commands()).toMatchObject([{ type: "retry", message: "a1" }]);
    await expect.element(button("Stop")).toBeVisible();
  });

  test("that are waited out count down, and a click ends the wait", async () => {
    const retry = { failure, seconds: 8, attempt: 1, retries: 2 };
    having(said("Hi"), answer({ retry }));
    await expect.element(article()).toHaveTextContent("Trying again in 8 s (1 of 2)");
    await expect.poll(() => article().element().textContent, { timeout: 2500 }).toContain("again in 7 s");
    await userEvent.click(button("Try now"));
    expect(chat.commands()).toMatchObject([{ type: "retry", message: "a1" }]);
  });
});

test("after some quiet seconds it says that the model is still at work, and for how long", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  having(said("Hi"), answer({ status: "streaming", parts: text("Let me see") }));
  await drawn();
  await new Promise((resolve) => setTimeout(resolve, 50));
  vi.advanceTimersByTime(4000);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(article().element().textContent).not.toContain("Still working");
  vi.advanceTimersByTime(3000);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(article().element().textContent).toContain("Still working · 7 s");
});

test("a request that waits tells its place in the queue, and the guessed wait counts down", async () => {
  having(said("Hi"), answer({ queue: { position: 3, estimated_wait_seconds: 12 } }));
  await expect.element(article()).toHaveTextContent("Number 3 in the queue · about 12 s");
  await expect.element(article()).toHaveTextContent("about 11 s");
  const changes = { queue: { position: 1, estimated_wait_seconds: null } };
  chat.receive({ type: "update", seq: 2, message: "a1", changes });
  await expect.element(article()).toHaveTextContent(/Number 1 in the queue$/);
  chat.receive({ type: "update", seq: 3, message: "a1", changes: { queue: null } });
  await expect.element(article()).not.toHaveTextContent("queue");
});

test("silence isn't the model's while the person is asked", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  const tool = { type: "tool", id: "t1", name: "plot", input: {}, status: "asking", output: null } as const;
  having(said("Hi"), answer({ status: "streaming", parts: [tool] }));
  await drawn();
  vi.advanceTimersByTime(9000);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(article().element().textContent).not.toContain("Still working");
});

test("a retry on an answer asks for it anew", async () => {
  having(said("Hi"), answer({ status: "complete", parts: text("Hello") }));
  await userEvent.click(button("Retry"));
  expect(chat.commands()).toMatchObject([{ type: "retry", message: "a1" }]);
});

test("one's own message can be changed and sent again, or left as it was", async () => {
  having(said("Hi"), answer({ status: "complete", parts: text("Hello") }));
  await userEvent.hover(page.getByText("Hi"));
  await userEvent.click(button("Edit"));
  await userEvent.keyboard("{Escape}");
  expect(chat.commands()).toEqual([]);
  await userEvent.click(button("Edit"));
  await userEvent.fill(page.getByRole("textbox", { name: "Edit message" }), "Hi again");
  await userEvent.keyboard("{Enter}");
  expect(chat.commands()).toMatchObject([{ type: "edit", message: "u1", text: "Hi again" }]);
});

test("Clear asks for an empty conversation", async () => {
  having(said("Hi"), answer({ status: "complete" }));
  await userEvent.click(button("Clear"));
  expect(chat.commands()).toMatchObject([{ type: "clear" }]);
});

test("reasoning is folded, and opens by a click", async () => {
  having(answer({ status: "complete", parts: [{ type: "thinking", text: "Hm, well." }, ...text("Yes.")] }));
  await expect.element(article()).not.toHaveTextContent("Hm, well.");
  await userEvent.click(button("Thought"));
  await expect.element(article()).toHaveTextContent("Hm, well.");
  await expect.element(button("Thought")).toHaveAttribute("aria-expanded", "true");
});

test("start and end of an answer are announced, its tokens are not", async () => {
  having(said("Hi"));
  await drawn();
  const live = chat.el.querySelector(".ipytalk-hidden[role=status]");
  await expect.element(page.getByRole("log")).toHaveAttribute("aria-live", "off");
  chat.receive({ type: "insert", seq: 2, message: answer() });
  await expect.poll(() => live?.textContent).toBe("Answering");
  chat.receive({ type: "delta", seq: 3, message: "a1", text: "Hello" });
  await drawn();
  expect(live?.textContent).toBe("Answering");
  chat.receive({ type: "update", seq: 4, message: "a1", changes: { status: "complete" } });
  await expect.poll(() => live?.textContent).toBe("Answer complete");
});

test("an empty chat offers ways to begin, which send what they say", async () => {
  chat = open({ title: "Ask your data", suggestions: ["Why the peak?"] });
  await expect.element(page.getByText("Ask your data")).toBeVisible();
  await userEvent.click(button("Why the peak?"));
  expect(chat.commands()).toMatchObject([{ type: "send", text: "Why the peak?" }]);
});

test("a notice about the source stands at the top", async () => {
  chat = open({ snapshot: snapshot({ notice: "This is a demo." }) });
  await expect.element(page.getByText("This is a demo.")).toBeVisible();
});

test("two views show the same, and one may go", async () => {
  having(answer({ status: "streaming", parts: text("So ") }));
  const second = chat.show();
  chat.receive({ type: "delta", seq: 2, message: "a1", text: "far" });
  await drawn();
  for (const el of [chat.el, second.el]) expect(el.textContent).toContain("So far");
  second.hide();
  chat.receive({ type: "delta", seq: 3, message: "a1", text: " so good" });
  await drawn();
  expect(chat.el.textContent).toContain("So far so good");
});

test("the first text is written into what stood ready for it", async () => {
  chat = open({ snapshot: snapshot({ seq: 1, messages: [said("Hi"), answer()] }) });
  const ready = chat.el.querySelector(".ipytalk-body > .ipytalk-markdown");
  chat.receive({ type: "delta", seq: 2, message: "a1", text: "Bees." });
  await drawn();
  expect(ready?.isConnected).toBe(true);
  expect(ready?.textContent).toBe("Bees.");
});
