import { expect, test } from "vitest";
import commands from "../../../tests/protocol/commands.json";
import journeys from "../../../tests/protocol/journeys.json";
import { readCommand, readFromKernel, readSnapshot } from "../../src/protocol.ts";
import { EMPTY, reduce } from "../../src/store.ts";

for (const { name, wire, snapshot } of journeys) {
  test(`what the kernel sends adds up to its own state: ${name}`, () => {
    let state = { ...EMPTY, seq: 0 };
    for (const data of wire) {
      const message = readFromKernel(data);
      if (!message) throw new Error(`not understood: ${JSON.stringify(data)}`);
      state = reduce(state, message);
    }
    const { seq, messages, notice, undo } = state;
    expect({ seq, messages, notice, ...(undo && { undo }) }).toEqual(snapshot);
    expect(state.ahead).toEqual([]);
  });

  test(`a page that missed every second message, and then gets a snapshot, has the same state: ${name}`, () => {
    let state = { ...EMPTY, seq: 0 };
    wire.forEach((data, index) => {
      const message = readFromKernel(data);
      if (message && index % 2 === 1) state = reduce(state, message);
    });
    const whole = readSnapshot(snapshot);
    if (!whole) throw new Error("the snapshot isn't understood");
    state = reduce(state, { type: "snapshot", snapshot: whole });
    const { seq, messages } = state;
    expect({ seq, messages }).toEqual({ seq: snapshot.seq, messages: snapshot.messages });
    expect(state.ahead).toEqual([]);
  });
}

test("knows every valid command", () => {
  for (const command of commands.valid)
    expect(readCommand(command), JSON.stringify(command)).toEqual(command);
});

test("knows no invalid command", () => {
  for (const command of commands.invalid) expect(readCommand(command), JSON.stringify(command)).toBeNull();
});

test("passes over messages of another kind", () => {
  for (const data of [
    null,
    7,
    "hello",
    {},
    { type: "dance", seq: 1 },
    { type: "delta", text: "no number" },
  ]) {
    expect(readFromKernel(data)).toBeNull();
  }
});
