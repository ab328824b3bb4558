import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createMarkdownStream } from "../../src/markdown/index.ts";
import { PAYLOADS, REORDERING } from "./payloads.ts";
import { leftEdges, unsafeParts } from "./safe-dom.ts";
import { Watch } from "./watch.ts";

let watch: Watch;
let root: HTMLElement;

beforeAll(() => {
  watch = new Watch();
});

afterAll(() => watch.stop());

beforeEach(() => {
  document.body.replaceChildren();
  root = document.body.appendChild(document.createElement("div"));
  watch.reset();
});

/** Streamed a character at a time; what is wrong at any moment is found, not only at the end. */
function stream(source: string): string[] {
  const wrong = new Set<string>();
  const markdown = createMarkdownStream(root);
  for (let at = 0; at < source.length; at++) {
    markdown.write(source.charAt(at));
    for (const part of unsafeParts(root)) wrong.add(part);
  }
  markdown.end();
  for (const part of unsafeParts(root)) wrong.add(part);
  return [...wrong];
}

/** As a person would who opens everything; links that leave are stopped at the door. */
function clickLinks(): void {
  for (const link of root.querySelectorAll("a")) {
    const leaves = /^(https?|mailto):/.test(link.protocol);
    link.addEventListener("click", (event) => leaves && event.preventDefault());
    link.target = "";
    link.click();
  }
}

describe("the watch itself", () => {
  it("sees a script that runs and a request that leaves", async () => {
    root.innerHTML = `<img src="x:y" onerror="pwned()"><img src="https://leak.example/control">`;
    await expect.poll(() => watch.scripts).toBe(1);
    await expect.poll(() => watch.requests).toContain("https://leak.example/control");
    expect(unsafeParts(root)).not.toEqual([]);
  });

  it("sees a javascript: link that is clicked, and names it", async () => {
    root.innerHTML = `<a href="javascript:pwned()">x</a>`;
    clickLinks();
    await expect.poll(() => watch.scripts).toBe(1);
    expect(unsafeParts(root)).toEqual(["links to javascript:pwned()"]);
  });

  it("sees a stylesheet's request and a background's", async () => {
    root.innerHTML =
      `<style>@import url("https://leak.example/css")</style>` +
      `<p style="background:url(https://leak.example/background)">x</p>`;
    await expect.poll(() => watch.requests.length).toBe(2);
  });

  it("sees a beacon and a request to the notebook's own server", async () => {
    navigator.sendBeacon("https://leak.example/beacon");
    root.innerHTML = `<img src="leak.png">`;
    await expect.poll(() => watch.requests.length).toBe(2);
  });

  it("sees text that an override reorders", () => {
    root.textContent = "abc\u202edef\u202cghi";
    expect(isAscending(leftEdges(root, "def"))).toBe(false);
  });
});

describe("a hostile answer, streamed character by character", () => {
  it("comes in at least forty forms", () => {
    expect(PAYLOADS.length + REORDERING.length).toBeGreaterThanOrEqual(40);
  });

  it.each(PAYLOADS)("runs no script and sends no request: $name", async ({ source }) => {
    const names = new Set(Object.getOwnPropertyNames(window));
    expect(stream(source)).toEqual([]);
    clickLinks();
    await watch.settle();
    expect(watch.scripts).toBe(0);
    expect(watch.requests).toEqual([]);
    expect(Reflect.get(window, "clobbered")).toBeUndefined();
    expect(Reflect.get(document, "clobbered")).toBeUndefined();
    expect(typeof document.getElementById).toBe("function");
    expect(typeof document.cookie).toBe("string");
    expect(Object.getOwnPropertyNames(window).filter((name) => !names.has(name))).toEqual([]);
    expect(root.textContent?.trim()).not.toBe("");
  });

  it("sends a request for a remote image only when its button is clicked, and names the host before", async () => {
    stream("![a chart](https://leak.example/chart.png)");
    await watch.settle();
    expect(watch.requests).toEqual([]);
    const button = root.querySelector("button");
    expect(button?.textContent).toContain("leak.example");
    button?.click();
    await expect.poll(() => watch.requests).toEqual(["https://leak.example/chart.png"]);
  });

  it("gives two answers of one page no id in common", () => {
    const source = "# Title\n\na[^1]\n\n[^1]: note\n";
    stream(source);
    stream(source);
    const ids = [...root.querySelectorAll("[id]")].map((element) => element.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(REORDERING)("keeps letters in their order: $name", ({ source }) => {
    stream(source);
    const edges = leftEdges(root, "abcdefghi");
    expect(edges).not.toContain(Number.NaN);
    expect(isAscending(edges)).toBe(true);
  });

  it("still draws Hebrew from right to left", () => {
    stream("שלום");
    expect(isAscending(leftEdges(root, "שלום").reverse())).toBe(true);
  });
});

const isAscending = (numbers: readonly number[]) =>
  numbers.every((value, at) => at === 0 || (numbers[at - 1] ?? 0) < value);
