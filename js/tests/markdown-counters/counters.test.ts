import { beforeEach, describe, expect, it } from "vitest";
import { chunksOf, seeded } from "./chunks.ts";
import { quantile } from "./cost.ts";
import { flashing, visibleMarkers } from "./flash.ts";
import { RemovedNodes } from "./removed.ts";
import { drawn, retyped } from "./retyped.ts";
import { Steadiness } from "./steadiness.ts";

let root: HTMLElement;

beforeEach(() => {
  document.body.replaceChildren();
  root = document.body.appendChild(document.createElement("div"));
});

const html = (source: string): HTMLElement => {
  const element = document.createElement("div");
  element.innerHTML = source;
  return element;
};

describe("flash", () => {
  it("counts each kind of raw syntax outside code", () => {
    expect(visibleMarkers(html("<p>**a** ~~b~~ [x](y `c`</p><p>```py</p><p>|---|:---:|</p>"))).toEqual({
      strong: 2,
      strike: 2,
      fence: 1,
      table: 2,
      link: 1,
      backtick: 5,
    });
  });

  it("sees nothing in code and in finished prose", () => {
    const counts = visibleMarkers(html("<p>plain <code>**`**</code></p><pre><code>```\n|---|</code></pre>"));
    expect(Object.values(counts)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("doesn't join the text of two blocks into one marker", () => {
    expect(visibleMarkers(html("<p>a*</p><p>*b</p>")).strong).toBe(0);
  });

  it("forgives syntax that the final DOM shows too", () => {
    const final = visibleMarkers(html("<p>2 ** 3</p>"));
    expect(flashing(visibleMarkers(html("<p>2 **</p>")), final)).toEqual([]);
    expect(flashing(visibleMarkers(html("<p>2 ** 3 **b</p>")), final)).toEqual(["strong"]);
  });
});

describe("retyped", () => {
  const between = (before: string, after: string) => retyped(drawn(html(before)), drawn(html(after)));

  it("is zero while text is only appended, in whatever wrappers", () => {
    expect(between("<p>one</p>", "<div><p><span>one</span> two</p></div>")).toBe(0);
  });

  it("counts from the first character that differs to the old end", () => {
    expect(between("<p>one two</p>", "<p>one tXo and more</p>")).toBe(2);
  });

  it("counts characters whose formatting changed, though they read the same", () => {
    expect(between("<p>say bold</p>", "<p>say <strong>bold</strong></p>")).toBe(4);
    expect(between("<p>Title</p>", "<h1>Title</h1>")).toBe(5);
  });

  it("doesn't count spaces", () => {
    expect(between("<p>a b c</p>", "<p>X</p>")).toBe(3);
  });
});

describe("removed", () => {
  it("counts a detached node that had text, once, and not the empty ones", () => {
    root.innerHTML = "<p>one <b>two</b></p><hr>";
    const removed = new RemovedNodes(root);
    root.replaceChildren();
    expect(removed.take().map((node) => node.nodeName)).toEqual(["P"]);
    expect(removed.take()).toEqual([]);
  });

  it("doesn't count a node that moved, nor one that was never drawn", () => {
    root.innerHTML = "<p>one</p>";
    const removed = new RemovedNodes(root);
    const wrapper = root.appendChild(document.createElement("div"));
    wrapper.append(root.firstChild as Node);
    root.appendChild(html("<p>two</p>")).remove();
    expect(removed.take()).toEqual([]);
  });

  it("counts a text node that was emptied before it went", () => {
    root.textContent = "one";
    const removed = new RemovedNodes(root);
    const text = root.firstChild as Text;
    text.data = "";
    text.remove();
    expect(removed.take()).toHaveLength(1);
  });

  it("counts a child that left a drawn node before that node left too", () => {
    root.innerHTML = "<p><b>two</b></p>";
    const removed = new RemovedNodes(root);
    const paragraph = root.firstChild as HTMLElement;
    paragraph.replaceChildren();
    paragraph.remove();
    expect(removed.take().map((node) => node.nodeName)).toEqual(["B"]);
  });
});

describe("steadiness", () => {
  it("adds up a stream that retypes, flashes, removes and drops", () => {
    const steadiness = new Steadiness(root);
    for (const frame of [
      "<p>say **bo</p>",
      "<p>say <b>bold</b></p>",
      "<p>say <b>bold</b> x</p><p>y</p>",
      "<p>say</p>",
    ]) {
      root.innerHTML = frame;
      steadiness.flushed();
    }
    expect(steadiness.totals()).toEqual({ flushes: 4, flash: 1, retyped: 4 + 6, removed: 4, drops: 1 });
    expect(steadiness.incidents().map((found) => found.flush)).toEqual([0, 1, 2, 3]);
    steadiness.stop();
  });

  it("finds nothing in a stream that only grows", () => {
    const steadiness = new Steadiness(root);
    const paragraph = root.appendChild(document.createElement("p"));
    const text = paragraph.appendChild(new Text());
    for (const chunk of chunksOf("plain words that grow ".repeat(20), 7)) {
      text.appendData(chunk);
      steadiness.flushed();
    }
    expect(steadiness.totals()).toMatchObject({ flash: 0, retyped: 0, removed: 0, drops: 0 });
    expect(steadiness.incidents()).toEqual([]);
  });
});

describe("chunks and figures", () => {
  it("joins back to the text, whatever the size", () => {
    for (const size of [1, 3, 16]) expect(chunksOf("a🙂bc\r\nd", size).join("")).toBe("a🙂bc\r\nd");
  });

  it("gives the same sequence for the same seed", () => {
    const [one, two] = [seeded(7), seeded(7)];
    expect([one(), one(), one()]).toEqual([two(), two(), two()]);
    expect(seeded(8)()).not.toBe(seeded(7)());
  });

  it("takes quantiles of unsorted numbers", () => {
    expect(quantile([3, 1, 2], 0.5)).toBe(2);
    expect(quantile([3, 1, 2], 0.99)).toBe(3);
    expect(quantile([], 0.5)).toBe(0);
  });
});
