import { describe, expect, test } from "vitest";
import type { FromKernel } from "../../src/protocol.ts";
import { type Action, EMPTY, isBusy, reduce, type State, textOf } from "../../src/store.ts";
import { answer, said, snapshot } from "../mock-model.ts";

const delta = (seq: number, text: string): FromKernel => ({ type: "delta", seq, message: "a1", text });
const having = (start: State, ...actions: Action[]): State => actions.reduce(reduce, start);
const text = (state: State): string => state.messages.map(textOf).join("|");
const started = having(EMPTY, {
  type: "snapshot",
  snapshot: snapshot({ seq: 1, messages: [answer()] }),
});

describe("the order of changes", () => {
  test("a change that came twice counts once", () => {
    expect(text(having(started, delta(2, "a"), delta(2, "a"), delta(3, "b")))).toBe("ab");
  });

  test("changes that overtook a missing one wait for it", () => {
    const gap = having(started, delta(3, "b"), delta(4, "c"));
    expect(text(gap)).toBe("");
    const whole = having(gap, delta(2, "a"));
    expect(text(whole)).toBe("abc");
    expect(whole.seq).toBe(4);
  });

  test("a snapshot closes a gap, and what came after it is kept", () => {
    const messages = [answer({ status: "streaming", parts: [{ type: "text", text: "abc" }] })];
    const gap = having(started, delta(4, "c"), delta(5, "d"));
    const state = having(gap, { type: "snapshot", snapshot: snapshot({ seq: 4, messages }) });
    expect(text(state)).toBe("abcd");
    expect(state.seq).toBe(5);
  });

  test("a snapshot older than the replica is dropped", () => {
    const state = having(started, delta(2, "a"));
    expect(having(state, { type: "snapshot", snapshot: snapshot({ seq: 1 }) })).toBe(state);
  });

  test("messages that a snapshot doesn't change keep their identity", () => {
    const messages = [said("q"), answer({ status: "complete" })];
    const before = having(EMPTY, { type: "snapshot", snapshot: snapshot({ seq: 1, messages }) });
    const copy = structuredClone([...messages, said("next", { id: "u2" })]);
    const state = having(before, { type: "snapshot", snapshot: snapshot({ seq: 9, messages: copy }) });
    expect(state.messages[0]).toBe(before.messages[0]);
    expect(state.messages[1]).toBe(before.messages[1]);
    expect(state.messages).toHaveLength(3);
  });
});

describe("what was asked for", () => {
  const asked = having(EMPTY, { type: "asked", id: "c1", request: { type: "send", text: "Hi" }, at: 100 });

  test("a chat is busy from Send on", () => {
    expect(isBusy(asked)).toBe(true);
  });

  test("the wait ends when the answer is there, not when the question is", () => {
    const question = having(asked, { type: "insert", seq: 0, message: said("Hi", { id: "c1" }) });
    expect(question.waiting).toHaveLength(1);
    const there = having(question, { type: "insert", seq: 1, message: answer() });
    expect(there.waiting).toHaveLength(0);
    expect(isBusy(there)).toBe(true);
  });

  test("a snapshot that holds the answer ends it too", () => {
    const messages = [said("Hi", { id: "c1" }), answer({ status: "complete" })];
    const state = having(asked, { type: "snapshot", snapshot: snapshot({ seq: 5, messages }) });
    expect(isBusy(state)).toBe(false);
  });

  test("the browser's own time runs from Send to the first text on screen", () => {
    const state = having(
      asked,
      { type: "insert", seq: 0, message: said("Hi", { id: "c1" }) },
      { type: "insert", seq: 1, message: answer() },
      { type: "painted", message: "a1", at: 350 },
      { type: "painted", message: "a1", at: 900 },
    );
    expect(state.paints.a1?.painted).toBe(250);
  });

  test("a refusal ends the wait and gives the text back", () => {
    const state = having(asked, { type: "refused", id: "c1", message: "No." });
    expect(isBusy(state)).toBe(false);
    expect(state.refused).toEqual({ message: "No.", text: "Hi" });
  });

  test("a stop that was pressed shows until the answer has ended", () => {
    const stopped = having(started, { type: "asked", id: "c2", request: { type: "stop" }, at: 0 });
    expect(stopped.stopping).toBe(true);
    const changes = { status: "complete", stop_reason: "stopped" } as const;
    expect(having(stopped, { type: "update", seq: 2, message: "a1", changes }).stopping).toBe(false);
  });
});

test("the end of the kernel ends what runs, and keeps its text", () => {
  const state = having(started, delta(2, "so far"), { type: "kernel", kernel: "restarted" });
  expect(text(state)).toBe("so far");
  expect(isBusy(state)).toBe(false);
  expect(state.messages[0]?.error?.kind).toBe("kernel");
});

test("the end of the kernel ends the tools that asked or ran, and no other", () => {
  const call = { type: "tool", name: "delete", input: {}, output: null } as const;
  const parts = (["done", "asking", "running"] as const).map((status, n) => ({
    ...call,
    id: `t${n}`,
    status,
  }));
  const state = having(
    EMPTY,
    { type: "snapshot", snapshot: snapshot({ seq: 1, messages: [answer({ status: "streaming", parts })] }) },
    { type: "kernel", kernel: "dead" },
  );
  const states = state.messages[0]?.parts.map((part) => part.type === "tool" && part.status);
  expect(states).toEqual(["done", "stopped", "stopped"]);
});

test("what ended the kernel is told by the last word on it, and nothing brings it back", () => {
  const crashed = having(
    started,
    { type: "kernel", kernel: "restarted" },
    { type: "kernel", kernel: "dead" },
  );
  expect(crashed.kernel).toBe("dead");
  expect(having(crashed, { type: "kernel", kernel: "shutdown" }).kernel).toBe("shutdown");
  expect(having(crashed, { type: "kernel", kernel: "restarted" }).kernel).toBe("dead");
  expect(having(crashed, { type: "kernel", kernel: "live" }).kernel).toBe("dead");
});

test("a lost connection ends nothing", () => {
  const state = having(started, { type: "kernel", kernel: "reconnecting" });
  expect(isBusy(state)).toBe(true);
});
