import axe from "axe-core";
import { afterEach, expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import type { Message } from "../../src/protocol.ts";
import { answer, drawn, open, said, snapshot } from "../mock-model.ts";

let chat: ReturnType<typeof open>;
afterEach(() => {
  chat.close();
  document.documentElement.removeAttribute("style");
});

const failure = {
  kind: "overloaded",
  message: "The model is overloaded.",
  retryable: true,
  retry_after: null,
};
const rich: Message["parts"] = [
  { type: "thinking", text: "Hm." },
  {
    type: "text",
    text: "# Title\n\nA [link](https://example.org) and `code`.\n\n```python\nx = 1\n```\n\n| a |\n|---|\n| 1 |",
  },
];

const states: Record<string, () => void> = {
  empty: () => {
    chat = open({ suggestions: ["Why?"], snapshot: snapshot({ notice: "A demo." }) });
  },
  waiting: () => having(said("Hi"), answer()),
  streaming: () => having(said("Hi"), answer({ status: "streaming", parts: rich })),
  complete: () =>
    having(
      said("Hi"),
      answer({ status: "complete", stop_reason: "max_tokens", parts: rich, timing: { ttft: 1, total: 2 } }),
    ),
  failed: () => having(said("Hi"), answer({ status: "error", error: failure, parts: rich })),
  "one of several versions": () =>
    having(
      said("Hi", { version: 1, versions: 2 }),
      answer({ status: "complete", parts: rich, version: 2, versions: 3 }),
    ),
  cleared: () => {
    chat = open({ suggestions: ["Why?"], snapshot: snapshot({ undo: true }) });
  },
  "counting down": () =>
    having(said("Hi"), answer({ retry: { failure, seconds: 9, attempt: 1, retries: 2 } })),
  refused: () => {
    having(said("Hi"), answer({ status: "complete", parts: rich }));
    chat.receive({ type: "refused", id: "x", message: "That message is not there any more." });
  },
};

function having(...messages: Message[]): void {
  chat = open({ snapshot: snapshot({ seq: 1, messages }) });
}

// JupyterLab's own colours, as its dark theme sets them.
const DARK: Record<string, string> = {
  "--jp-layout-color0": "#111",
  "--jp-layout-color1": "#212121",
  "--jp-layout-color2": "#424242",
  "--jp-border-color2": "#616161",
  "--jp-ui-font-color1": "#fff",
  "--jp-ui-font-color2": "rgb(255 255 255 / 70%)",
  "--jp-content-font-color1": "#fff",
  "--jp-content-font-color2": "#fff",
  "--jp-content-link-color": "#64b5f6",
  "--jp-cell-editor-background": "#212121",
  "--jp-brand-color1": "#2196f3",
  "--jp-error-color1": "#e53935",
  "--jp-warn-color1": "#fb8c00",
};

for (const theme of ["light", "dark"]) {
  for (const [name, show] of Object.entries(states)) {
    test(`nothing stands in anyone's way when ${name}, in a ${theme} theme`, async () => {
      if (theme === "dark") {
        for (const [variable, value] of Object.entries(DARK))
          document.documentElement.style.setProperty(variable, value);
        document.documentElement.style.background = "#111";
      }
      show();
      await drawn();
      const { violations } = await axe.run(chat.el, { rules: { region: { enabled: false } } });
      expect(
        violations.map(({ id, nodes }) => [
          id,
          nodes.map(({ html, failureSummary }) => html + failureSummary),
        ]),
      ).toEqual([]);
    });
  }
}

test("everything can be reached and used by keyboard", async () => {
  having(said("Hi"), answer({ status: "complete", parts: rich }));
  await drawn();
  const seen: string[] = [];
  for (let i = 0; i < 12; i++) {
    await userEvent.keyboard("{Tab}");
    const { activeElement: at } = document;
    seen.push(at?.getAttribute("aria-label") ?? at?.textContent ?? "");
  }
  for (const name of ["Conversation", "Edit", "Copy", "Thought", "Retry", "Clear", "Message"]) {
    expect(seen).toContain(name);
  }
  await expect.element(page.getByRole("textbox", { name: "Message" })).toBeVisible();
});
