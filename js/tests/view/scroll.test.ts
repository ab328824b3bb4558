import { afterEach, expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import { answer, drawn, open, said, snapshot } from "../mock-model.ts";

let chat: ReturnType<typeof open>;
let seq = 1;
afterEach(() => chat.close());

const LINES = "A line of the answer.\n\n";
const log = () => page.getByRole("log").element() as HTMLElement;
const fromEnd = () => log().scrollHeight - log().scrollTop - log().clientHeight;
const jump = () => page.getByRole("button", { name: "Jump to latest" });

async function start(height = "200px"): Promise<void> {
  seq = 1;
  const long = answer({ status: "streaming", parts: [{ type: "text", text: LINES.repeat(30) }] });
  chat = open({ height, snapshot: snapshot({ seq, messages: [said("Hi"), long] }) });
  await drawn();
}

async function stream(times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    seq += 1;
    chat.receive({ type: "delta", seq, message: "a1", text: LINES });
    await drawn();
  }
}

test("opens at the end and follows the stream", async () => {
  await start();
  expect(log().clientHeight).toBe(200);
  expect(fromEnd()).toBeLessThan(1);
  await stream(5);
  expect(fromEnd()).toBeLessThan(1);
  await expect.element(jump()).not.toBeInTheDocument();
});

test("never moves by a pixel once the person scrolled up, and jumps when they ask", async () => {
  await start();
  log().scrollTop = 150;
  await expect.element(jump()).toBeVisible();
  await stream(10);
  expect(log().scrollTop).toBe(150);
  seq += 1;
  chat.receive({ type: "update", seq, message: "a1", changes: { status: "complete" } });
  await drawn();
  expect(log().scrollTop).toBe(150);
  await userEvent.click(jump());
  expect(fromEnd()).toBeLessThan(1);
  await expect.element(jump()).not.toBeInTheDocument();
});

test("80 px from the end counts as following", async () => {
  await start();
  log().scrollTop -= 60;
  await new Promise((resolve) => setTimeout(resolve, 300));
  await stream(3);
  expect(fromEnd()).toBeLessThan(1);
});

test("a slow scroll up isn't pulled back while it lasts", async () => {
  await start();
  for (let i = 0; i < 12; i++) {
    const before = log().scrollTop;
    log().scrollTop = before - 10;
    await drawn();
    await stream(1);
    expect(log().scrollTop).toBeLessThanOrEqual(before);
  }
  expect(fromEnd()).toBeGreaterThan(80);
});

test("scrolling back to the end follows again", async () => {
  await start();
  log().scrollTop = 0;
  await expect.element(jump()).toBeVisible();
  log().scrollTop = log().scrollHeight;
  await expect.element(jump()).not.toBeInTheDocument();
  await stream(3);
  expect(fromEnd()).toBeLessThan(1);
});

test("the page's own scroll position isn't touched", async () => {
  await start();
  const tall = document.createElement("div");
  tall.style.height = "5000px";
  document.body.append(tall);
  window.scrollTo(0, 300);
  const scrolled: Event[] = [];
  const listen = (event: Event): void => {
    if (event.target === document) scrolled.push(event);
  };
  await new Promise((resolve) => setTimeout(resolve, 100));
  document.addEventListener("scroll", listen, true);
  await stream(5);
  expect(window.scrollY).toBe(300);
  expect(scrolled).toEqual([]);
  document.removeEventListener("scroll", listen, true);
  tall.remove();
});

test("sending goes to the end, wherever the person was", async () => {
  seq = 1;
  const long = answer({ status: "complete", parts: [{ type: "text", text: LINES.repeat(30) }] });
  chat = open({ height: "200px", snapshot: snapshot({ seq, messages: [said("Hi"), long] }) });
  await drawn();
  log().scrollTop = 0;
  await expect.element(jump()).toBeVisible();
  await userEvent.fill(page.getByRole("textbox", { name: "Message" }), "And?");
  await userEvent.keyboard("{Enter}");
  await drawn();
  expect(fromEnd()).toBeLessThan(1);
});
