import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { answer, open, snapshot } from "../mock-model.ts";

let chat: ReturnType<typeof open>;
let frames: FrameRequestCallback[];

beforeEach(() => {
  frames = [];
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  vi.spyOn(window, "requestAnimationFrame").mockImplementation((frame) => frames.push(frame));
  chat = open({ snapshot: snapshot({ seq: 1, messages: [answer({ status: "streaming" })] }) });
});
afterEach(() => {
  chat.close();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test("a hidden page piles up no work, and draws all of it in one frame when it is seen again", async () => {
  frames = [];
  for (let seq = 2; seq < 500; seq++) chat.receive({ type: "delta", seq, message: "a1", text: "word " });
  expect(frames).toHaveLength(1);
  expect(chat.el.textContent).not.toContain("word");
  frames[0]?.(0);
  expect(chat.el.textContent?.match(/word/g)).toHaveLength(498);
});

test("a hidden page goes on telling the kernel what it has, and seldom", async () => {
  await vi.advanceTimersByTimeAsync(10);
  chat.sent.length = 0;
  for (let seq = 2; seq < 52; seq++) {
    chat.receive({ type: "delta", seq, message: "a1", text: "word " });
    await vi.advanceTimersByTimeAsync(40);
  }
  await vi.advanceTimersByTimeAsync(9_000);
  expect(chat.sent.filter(({ type }) => type === "ack")).toMatchObject([{ seq: 51 }]);
});
