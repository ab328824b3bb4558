import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Command } from "../../src/protocol.ts";
import { answer, drawn, open, said, snapshot } from "../mock-model.ts";

let chat: ReturnType<typeof open>;
beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => {
  chat.close();
  vi.useRealTimers();
});

type Reply = (command: Command) => unknown;

/** A JupyterLab kernel connection, whose kernel answers on the control channel with what `reply` gives. */
function kernel(reply: Reply) {
  const asked: Command[] = [];
  const slots: Record<string, Set<(sender: unknown, args: unknown) => void>> = {};
  const signal = (name: string) => {
    const connected = new Set<(sender: unknown, args: unknown) => void>();
    slots[name] = connected;
    return {
      connect: (slot: (sender: unknown, args: unknown) => void) => connected.add(slot),
      disconnect: (slot: (sender: unknown, args: unknown) => void) => connected.delete(slot),
    };
  };
  return {
    asked,
    emit: (name: string, args?: unknown) => {
      for (const slot of [...(slots[name] ?? [])]) slot(null, args);
    },
    connected: () => Object.values(slots).reduce((sum, set) => sum + set.size, 0),
    commands: () => asked.filter(({ type }) => !["hello", "ack", "asset"].includes(type)),
    manager: {
      kernel: {
        clientId: "session",
        username: "me",
        statusChanged: signal("statusChanged"),
        connectionStatusChanged: signal("connectionStatusChanged"),
        disposed: signal("disposed"),
        sendControlMessage(message: {
          content: { target_name: string; data: Command & { widget: string } };
        }) {
          expect(message.content.target_name).toBe("ipytalk");
          expect(message.content.data.widget).toBe("widget-1");
          asked.push(message.content.data);
          const future = { onReply: (_: unknown) => {}, done: new Promise(() => {}), dispose() {} };
          const content = reply(message.content.data);
          if (content !== "silence") queueMicrotask(() => future.onReply({ content }));
          return future;
        },
      },
    },
  };
}

const ok = () => ({ status: "ok", comms: {}, ipytalk: { status: "ok" } });
const stop = () => chat.el.querySelector<HTMLButtonElement>("[aria-label=Stop]")?.click();
const running = { snapshot: snapshot({ seq: 3, messages: [said("Hi"), answer()] }) };

describe("the route of a command", () => {
  test("takes the control channel, and not the comm too", async () => {
    const { manager, commands } = kernel(ok);
    chat = open(running, manager);
    stop();
    await vi.advanceTimersByTimeAsync(1000);
    expect(commands()).toMatchObject([{ type: "stop" }]);
    expect(chat.sent).toEqual([]);
  });

  test("takes the comm where the kernel has no ipytalk on its control channel", async () => {
    const { manager, asked } = kernel(() => ({ status: "ok", comms: {} }));
    chat = open(running, manager);
    await vi.advanceTimersByTimeAsync(10);
    stop();
    await vi.advanceTimersByTimeAsync(0);
    expect(chat.commands()).toMatchObject([{ type: "stop" }]);
    expect(asked.map(({ type }) => type).filter((type) => type !== "asset")).toEqual(["hello"]);
  });

  test("takes the comm with the same id when the control channel is silent for 250 ms", async () => {
    const { manager, commands } = kernel(() => "silence");
    chat = open(running, manager);
    stop();
    await vi.advanceTimersByTimeAsync(249);
    expect(chat.commands()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(chat.commands()).toMatchObject([{ type: "stop", id: commands()[0]?.id }]);
  });

  test("takes the comm at once where there is no kernel object", async () => {
    chat = open(running);
    stop();
    await vi.advanceTimersByTimeAsync(0);
    expect(chat.commands()).toMatchObject([{ type: "stop" }]);
  });

  test("is taken again, with the same id, by what a connection lost unnoticed before it broke", async () => {
    let isDead = true;
    const { manager, commands, emit } = kernel(() => (isDead ? "silence" : ok()));
    chat = open(running, manager);
    chat.model.send = () => {};
    stop();
    await vi.advanceTimersByTimeAsync(300);
    emit("connectionStatusChanged", "connecting");
    isDead = false;
    emit("connectionStatusChanged", "connected");
    await vi.advanceTimersByTimeAsync(10);
    expect(commands()).toMatchObject([{ type: "stop" }, { type: "stop", id: commands()[0]?.id }]);
    emit("connectionStatusChanged", "connecting");
    emit("connectionStatusChanged", "connected");
    await vi.advanceTimersByTimeAsync(10);
    expect(commands()).toHaveLength(2);
  });

  test("takes the comm when the control channel throws", async () => {
    const { manager } = kernel(() => {
      throw new Error("Kernel is dead");
    });
    chat = open(running, manager);
    stop();
    await vi.advanceTimersByTimeAsync(0);
    expect(chat.commands()).toMatchObject([{ type: "stop" }]);
  });

  test("a comm that is gone refuses with a sentence", async () => {
    chat = open(running);
    chat.model.send = () => {
      throw new Error("Cannot send");
    };
    stop();
    await vi.advanceTimersByTimeAsync(100);
    await drawn();
    expect(chat.el.textContent).toContain("Run the cell again");
  });
});

describe("hello", () => {
  test("says what the page has, and takes the snapshot on the reply", async () => {
    const messages = [said("Hi"), answer({ status: "complete", parts: [{ type: "text", text: "Whole" }] })];
    const { manager, asked } = kernel(() => ({
      ipytalk: { status: "ok", snapshot: snapshot({ seq: 9, messages }) },
    }));
    chat = open(running, manager);
    await vi.advanceTimersByTimeAsync(100);
    expect(asked[0]).toMatchObject({ type: "hello", seq: 3 });
    await drawn();
    expect(chat.el.textContent).toContain("Whole");
  });

  test("is said once for a gap, not for each change after it", async () => {
    chat = open(running);
    await vi.advanceTimersByTimeAsync(5000);
    chat.sent.length = 0;
    for (let seq = 5; seq < 60; seq++) chat.receive({ type: "delta", seq, message: "a1", text: "x" });
    await vi.advanceTimersByTimeAsync(1000);
    expect(chat.sent.filter(({ type }) => type === "hello")).toHaveLength(1);
  });

  test("is said again when nothing more comes and the gap stays", async () => {
    chat = open(running);
    await vi.advanceTimersByTimeAsync(5000);
    chat.sent.length = 0;
    chat.receive({ type: "delta", seq: 5, message: "a1", text: "x" });
    await vi.advanceTimersByTimeAsync(5000);
    expect(chat.sent.filter(({ type }) => type === "hello").length).toBeGreaterThan(1);
  });

  test("is said when a running answer falls silent, as its end may be lost, and then ever more seldom", async () => {
    chat = open(running);
    await vi.advanceTimersByTimeAsync(100);
    chat.receive({ type: "delta", seq: 4, message: "a1", text: "almost" });
    chat.sent.length = 0;
    await vi.advanceTimersByTimeAsync(60_000);
    const hellos = chat.sent.filter(({ type }) => type === "hello");
    expect(hellos[0]).toMatchObject({ seq: 4 });
    expect(hellos.length).toBeLessThanOrEqual(6);
  });

  test("is not said again once nothing runs", async () => {
    chat = open(running);
    chat.receive({ type: "update", seq: 4, message: "a1", changes: { status: "complete" } });
    await vi.advanceTimersByTimeAsync(10);
    chat.sent.length = 0;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(chat.sent.filter(({ type }) => type === "hello")).toEqual([]);
  });

  test("is said when a reply knows of a change that never came, and only then", async () => {
    const done = { snapshot: snapshot({ seq: 3, messages: [said("Hi"), answer({ status: "complete" })] }) };
    const { manager, asked } = kernel(({ type }) =>
      type === "clear" ? { ipytalk: { status: "ok", seq: 4 } } : ok(),
    );
    chat = open(done, manager);
    await vi.advanceTimersByTimeAsync(10);
    const clear = () => chat.el.querySelector<HTMLButtonElement>("[aria-label=Clear]")?.click();
    const hellos = () => asked.filter(({ type }) => type === "hello").length;
    clear();
    chat.receive({ type: "update", seq: 4, message: "a1", changes: {} });
    await vi.advanceTimersByTimeAsync(2500);
    expect(hellos()).toBe(1);
    chat.close();
    chat = open(done, manager);
    await vi.advanceTimersByTimeAsync(10);
    clear();
    await vi.advanceTimersByTimeAsync(2500);
    expect(hellos()).toBe(3);
    expect(asked.at(-1)).toMatchObject({ type: "hello", seq: 3 });
  });

  test("is said when a lost connection is back", async () => {
    const { manager, asked, emit } = kernel(ok);
    chat = open(running, manager);
    emit("connectionStatusChanged", "connecting");
    await vi.advanceTimersByTimeAsync(100);
    await drawn();
    expect(chat.el.textContent).toContain("Reconnecting");
    asked.length = 0;
    emit("connectionStatusChanged", "connected");
    await vi.advanceTimersByTimeAsync(100);
    expect(asked).toMatchObject([{ type: "hello" }]);
    await drawn();
    expect(chat.el.textContent).not.toContain("Reconnecting");
  });
});

describe("acks", () => {
  test("are at most one in ten seconds, and carry the last change that was drawn", async () => {
    const { manager, asked } = kernel(ok);
    chat = open(running, manager);
    asked.length = 0;
    for (let seq = 4; seq < 104; seq++) {
      chat.receive({ type: "delta", seq, message: "a1", text: "x" });
      await vi.advanceTimersByTimeAsync(20);
      if (seq % 10 === 0) await drawn();
    }
    await drawn();
    await vi.advanceTimersByTimeAsync(9_000);
    expect(asked.filter(({ type }) => type === "ack")).toMatchObject([{ seq: 103 }]);
  });

  test("never take the comm while the control channel is there", async () => {
    const { manager } = kernel(({ type }) => (type === "ack" ? "silence" : ok()));
    chat = open(running, manager);
    await vi.advanceTimersByTimeAsync(10);
    chat.receive({ type: "delta", seq: 4, message: "a1", text: "x" });
    await drawn();
    await vi.advanceTimersByTimeAsync(12_000);
    expect(chat.sent).toEqual([]);
  });
});

describe("the end of a kernel", () => {
  for (const [event, args, words] of [
    ["statusChanged", "restarting", "restarted"],
    ["statusChanged", "starting", "restarted"],
    ["statusChanged", "autorestarting", "died"],
    ["disposed", undefined, "shut down"],
  ] as const) {
    test(`${event} ${args ?? ""} ends the answer, keeps its text and says what happened`, async () => {
      const { manager, emit } = kernel(ok);
      chat = open(running, manager);
      chat.receive({ type: "delta", seq: 4, message: "a1", text: "so far" });
      emit(event, args);
      await vi.advanceTimersByTimeAsync(100);
      await drawn();
      expect(chat.el.textContent).toContain("so far");
      expect(chat.el.querySelector("[role=status]")?.textContent).toContain(words);
      expect(chat.el.querySelector("[aria-label=Stop]")).toBeNull();
    });
  }

  test("a kernel that no longer knows the chat is another one", async () => {
    let reply: object = ok();
    const { manager } = kernel(() => reply);
    chat = open(running, manager);
    await vi.advanceTimersByTimeAsync(10);
    reply = { status: "ok", comms: {} };
    stop();
    await vi.advanceTimersByTimeAsync(100);
    await drawn();
    expect(chat.el.querySelector("[role=status]")?.textContent).toContain("restarted");
  });

  test("listeners on the kernel and the model go with the model", () => {
    const { manager, connected } = kernel(ok);
    chat = open(running, manager);
    expect(connected()).toBe(3);
    chat.close();
    expect(connected()).toBe(0);
    expect(chat.listening()).toBe(0);
  });
});

test("keeps the model's own copy of the state current, without sending it", async () => {
  chat = open(running);
  const save = vi.spyOn(chat.model, "save_changes");
  chat.receive({ type: "delta", seq: 4, message: "a1", text: "Done." });
  chat.receive({ type: "update", seq: 5, message: "a1", changes: { status: "complete" } });
  await vi.advanceTimersByTimeAsync(10);
  expect(chat.model.get("snapshot")).toMatchObject({
    seq: 5,
    messages: [{ id: "u1" }, { id: "a1", status: "complete", parts: [{ text: "Done." }] }],
  });
  expect(save).not.toHaveBeenCalled();
});
