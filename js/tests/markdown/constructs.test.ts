import { describe, expect, test } from "vitest";
import { createMarkdownStream, type Highlighter, type MarkdownOptions } from "../../src/markdown/index.ts";
import { draw } from "./drawing.ts";

function html(source: string, options?: MarkdownOptions): string {
  return draw([source], options).innerHTML.replace(/^<div>|<\/div>$/g, "");
}

/** What stands on screen before the end comes. */
function streamed(source: string, options?: MarkdownOptions): { root: HTMLElement; html: string } {
  const root = document.createElement("div");
  const stream = createMarkdownStream(root, options);
  for (const character of source) stream.write(character);
  stream.tail().removeAttribute("data-ipytalk-tail");
  root.normalize();
  return { root, html: root.innerHTML.replace(/^<div>|<\/div>$/g, "") };
}

describe("the open tail is drawn as it will most probably end", () => {
  test.each([
    ["**bo", "<p><strong>bo</strong></p>"],
    ["**bold*", "<p><strong>bold</strong></p>"],
    ["a *b **c", "<p>a <em>b <strong>c</strong></em></p>"],
    ["~~go", "<p><del>go</del></p>"],
    ["about ~5", "<p>about ~5</p>"],
    ["2*3", "<p>2*3</p>"],
    ["`co", "<p><code>co</code></p>"],
    ["see [the li", "<p>see <a>the li</a></p>"],
    ["see [the link](https://exa", "<p>see <a>the link</a></p>"],
    ["row a[i", "<p>row a[i</p>"],
    ["as in [1]", "<p>as in [1]</p>"],
    ["half an escape \\", "<p>half an escape </p>"],
    ["so $x^2", '<p>so <span class="ipytalk-math">x^2</span></p>'],
    ["it costs $5 or", "<p>it costs $5 or</p>"],
    ["done.\n-", "<p>done.</p>"],
    ["done.\n\n| a | b |\n", "<p>done.</p>"],
    ["# Ti", "<h1>Ti</h1>"],
    ["#", ""],
  ])("%j", (source, expected) => {
    expect(streamed(source).html.trim()).toBe(expected);
  });

  test("a fence is a code block from its first line on", () => {
    expect(streamed("```py\n").root.querySelector("pre > code.language-py")).not.toBeNull();
    expect(streamed("```py\nprint(").root.querySelector("code")?.textContent).toBe("print(");
  });

  test("a table stands as soon as its delimiter row is complete", () => {
    expect(streamed("| a | b |\n|--|--|").root.querySelector("table")).toBeNull();
    expect(streamed("| a | b |\n|--|--|\n").root.querySelectorAll("th").length).toBe(2);
  });

  test("a full reference is a link before its definition comes, and text if none comes", () => {
    const { root } = streamed("[the plan][p] says");
    expect(root.querySelector("a")?.textContent).toBe("the plan");
    expect(html("[the plan][p] says")).toBe("<p>[the plan][p] says</p>");
    expect(html("[the plan][p] says\n\n[p]: /plan")).toContain('<a href="/plan"');
  });
});

describe("math", () => {
  test.each([
    ["costs $5 and $10", "<p>costs $5 and $10</p>"],
    ["US$5 and CA$6 or A$", "<p>US$5 and CA$6 or A$</p>"],
    ["$ x $ and $$ and \\(\\)", "<p>$ x $ and $$ and ()</p>"],
    ["an escaped \\[bracket\\]", "<p>an escaped [bracket]</p>"],
    ["in `$x$` code", "<p>in <code>$x$</code> code</p>"],
  ])("is not in %j", (source, expected) => {
    expect(html(source)).toBe(expected);
  });

  test.each([
    ["$x$", "x", false],
    ["\\(a_1 * b\\)", "a_1 * b", false],
    ["$$\\frac{a}{b}$$", "\\frac{a}{b}", true],
    ["\\[\n- b\n+ c = 1\n\\]", "- b\n+ c = 1", true],
    ["$$\n- b\n\n", "", true],
  ])("is in %j", (source, tex, display) => {
    const math = draw([source]).querySelector(".ipytalk-math");
    expect(math?.textContent ?? "").toBe(tex);
    if (tex) expect(math?.classList.contains("ipytalk-math-display")).toBe(display);
  });

  test("stays source where the renderer fails, and is drawn where it arrives late", () => {
    const root = document.createElement("div");
    const stream = createMarkdownStream(root);
    stream.write("$a$ and $b$ and $c");
    stream.enhance({
      math: (tex) => {
        if (tex === "b") throw new Error("no such formula");
        const drawn = document.createElement("math");
        drawn.textContent = `drawn ${tex}`;
        return drawn;
      },
    });
    const formulas = () => [...root.querySelectorAll(".ipytalk-math")].map(({ textContent }) => textContent);
    expect(formulas()).toEqual(["drawn a", "b", "c"]);
    stream.write("$.");
    expect(formulas()).toEqual(["drawn a", "b", "drawn c"]);
  });
});

describe("code", () => {
  const words: Highlighter<{ line: number }> = {
    start: (language) => (language === "py" ? { line: 0 } : null),
    line: (state, text) => {
      state.line++;
      return [
        ["hl", `${text.slice(0, 3)}`],
        [null, text.slice(3)],
      ].filter(([, part]) => part) as Array<[string | null, string]>;
    },
  };
  const source = "```py\none two\nthree four\n\nfi";

  test("shows its language and a button named Copy", () => {
    const root = draw(["```python title\nx\n```"]);
    expect(root.querySelector(".ipytalk-code-language")?.textContent).toBe("python");
    expect(root.querySelector("button")?.textContent).toBe("Copy");
    expect(root.querySelector("code")?.textContent).toBe("x\n");
  });

  test("is coloured line by line, and the line that is being typed is plain", () => {
    const { root } = streamed(source, { highlight: words });
    expect([...root.querySelectorAll(".hl")].map(({ textContent }) => textContent)).toEqual(["one", "thr"]);
    expect(root.querySelector("code")?.textContent).toBe("one two\nthree four\n\nfi");
  });

  test("looks the same whether the highlighter came before or after it", () => {
    for (const at of [3, 6, 14, 20, 26, 28, source.length]) {
      const root = document.createElement("div");
      const stream = createMarkdownStream(root);
      stream.write(source.slice(0, at));
      stream.enhance({ highlight: words });
      stream.write(`${source.slice(at)}ve\n\`\`\`\n`);
      stream.end();
      root.normalize();
      expect(root.innerHTML).toBe(draw([`${source}ve\n\`\`\`\n`], { highlight: words }).innerHTML);
    }
  });

  test("of 200 lines is coloured in order, each line once", () => {
    const lines = Array.from({ length: 200 }, (_, at) => `line ${at}`).join("\n");
    const root = draw([`\`\`\`py\n${lines}\n\`\`\``], { highlight: words });
    expect(root.querySelector("code")?.textContent).toBe(`${lines}\n`);
    expect(root.querySelectorAll(".hl").length).toBe(200);
  });

  test("is copied as it is shown", async () => {
    const root = draw(["```\na\nb\n```"]);
    document.body.append(root);
    const copied: string[] = [];
    Object.defineProperty(navigator, "clipboard", {
      configurable: true,
      value: { writeText: async (text: string) => void copied.push(text) },
    });
    root.querySelector<HTMLButtonElement>(".ipytalk-copy")?.click();
    await new Promise((done) => setTimeout(done));
    expect(copied).toEqual(["a\nb\n"]);
    root.remove();
  });
});

describe("what acts instead of being seen", () => {
  test("control characters are shown", () => {
    expect(html("a\u001b[31mb\u0000c\u0007")).toBe("<p>a␛[31mb\ufffdc␇</p>");
  });

  test("bidirectional overrides reorder neither prose nor code; isolates stay in prose", () => {
    expect(html("a\u202eb \u2067c\u2069 `d\u2066e\u202e`")).toBe(
      "<p>a\ufffdb \u2067c\u2069 <code>d\ufffde\ufffd</code></p>",
    );
  });
});

describe("text that runs from right to left", () => {
  test.each([
    ["letters", ["# שלום\n\nHello ", "world."]],
    ["a character reference, cut in two", ["# &", "#x5e9;\n\nHello world."]],
    ["letters beyond the first plane, cut in two", ["# \ud802", "\udd00\n\nHello world."]],
  ])("each paragraph has its own direction: %s", (_, parts) => {
    const root = document.body.appendChild(draw(parts));
    root.dir = "rtl";
    const [heading, paragraph] = root.querySelectorAll<HTMLElement>("h1, p");
    expect(getComputedStyle(heading as HTMLElement).unicodeBidi).toBe("plaintext");
    expect(startOf(paragraph as HTMLElement)).toBe("left");
    root.remove();
  });

  test("a text without it runs from left to right wherever it stands", () => {
    const root = document.body.appendChild(draw(["- Hello world. & more"]));
    document.body.dir = "rtl";
    expect(startOf(root.querySelector("p") as HTMLElement)).toBe("left");
    expect(root.hasAttribute("data-bidi")).toBe(false);
    document.body.dir = "";
    root.remove();
  });
});

/** The side of its box on which an element's text begins. */
function startOf(element: HTMLElement): string {
  const range = document.createRange();
  range.selectNodeContents(element);
  const text = range.getBoundingClientRect();
  const box = element.getBoundingClientRect();
  return text.left - box.left < box.right - text.right ? "left" : "right";
}

describe("images", () => {
  test("are buttons that name the host, and load on a click", () => {
    const root = draw(['![a *chart*](https://example.org/c.png "Load")']);
    const button = root.querySelector("button");
    expect(button?.textContent).toBe("a chart (Load image from example.org)");
    expect(root.querySelector("img")).toBeNull();
    // Not in the document: the click is heard, and nothing is asked for.
    Object.defineProperty(HTMLImageElement.prototype, "src", {
      configurable: true,
      set(this: HTMLImageElement, value: string) {
        this.dataset.asked = value;
      },
    });
    button?.click();
    Reflect.deleteProperty(HTMLImageElement.prototype, "src");
    const image = root.querySelector("img");
    expect(image?.dataset.asked).toBe("https://example.org/c.png");
    expect([image?.alt, image?.title, image?.referrerPolicy]).toEqual(["a chart", "Load", "no-referrer"]);
  });

  test("that a reader loads in mid-stream leave the text around them as it is", () => {
    const root = document.createElement("div");
    const stream = createMarkdownStream(root);
    stream.write("See ![c](https://example.org/c.png) and");
    root.querySelector("button")?.replaceWith(document.createElement("img"));
    stream.write(" then more");
    stream.end();
    expect(root.textContent?.match(/and/g)).toHaveLength(1);
    expect(root.textContent).toContain(" and then more");
  });

  test.each(["data:image/png;base64,AAAA", "javascript:alert(1)", "file:///etc/passwd"])(
    "are their text for %s",
    (url) => {
      expect(html(`![alt](${url})`)).toBe('<p><span class="ipytalk-image-blocked">alt</span></p>');
    },
  );
});

describe("footnotes", () => {
  const source =
    "It is so[^1] and so[^Big-One].\n\n[^1]: First.\n[^big-one]: Second\n    goes on.\n\n    - a list\n";

  test("are drawn where they are written, and their references lead to them without an id", () => {
    const root = draw([source]);
    document.body.append(root);
    expect([...root.querySelectorAll(".ipytalk-note")].map(({ textContent }) => textContent)).toEqual([
      "1",
      "Big-One",
    ]);
    const notes = [...root.querySelectorAll<HTMLElement>(".ipytalk-footnote")];
    expect(notes.map((note) => note.lastElementChild?.textContent)).toEqual([
      "First.",
      "Second\ngoes on.a list",
    ]);
    root.querySelectorAll<HTMLElement>(".ipytalk-note a")[1]?.click();
    expect(document.activeElement).toBe(notes[1]);
    expect(root.querySelector("[id], [name]")).toBeNull();
    root.remove();
  });

  test("that never come leave their references as text", () => {
    expect(streamed("It is so[^1] now").html).toContain('<sup class="ipytalk-note">');
    expect(html("It is so[^1] now")).toBe("<p>It is so[^1] now</p>");
  });
});

describe("chunks", () => {
  test("may split a surrogate pair and a CRLF, and hold half of either", () => {
    expect(draw(["a\ud83d", "\ude00\r", "\nb\r", "c"]).textContent).toBe("a😀\nb\nc");
    expect(draw(["a\ud83d", "b\ude00"]).textContent).toBe("a\ufffdb\ufffd");
    expect(draw(["a\ud83d"]).textContent).toBe("a\ufffd");
  });

  test("after the end are ignored", () => {
    const root = document.createElement("div");
    const stream = createMarkdownStream(root);
    stream.write("a");
    stream.end();
    stream.write("b");
    stream.end();
    expect(root.textContent).toBe("a");
  });
});

describe("the tail", () => {
  test.each([
    ["a **b", "P"],
    ["# a", "H1"],
    ["- a\n- b", "P"],
    ["| a | b |\n|-|-|\n| c", "TD"],
    ["```\na", "SPAN"],
    ["> - ```\n>   a\n", "SPAN"],
  ])("of %j is marked until the end", (source, name) => {
    const root = document.createElement("div");
    const stream = createMarkdownStream(root);
    stream.write(source);
    const marked = root.querySelectorAll("[data-ipytalk-tail]");
    expect([...marked]).toEqual([stream.tail()]);
    expect(stream.tail().tagName).toBe(name);
    expect(stream.tail().textContent).toMatch(/[abc]$/);
    stream.end();
    expect(root.querySelector("[data-ipytalk-tail]")).toBeNull();
  });
});

test("no id, no name, no style and no event handler is ever set", () => {
  const root = draw([
    "# constructor\n\n[a](#top) <b id=x> ![i](/x)\n\n[^location]: x\n\n- [x] y\n\n```js\nz\n```\n\n|a|\n|-|\n|b|\n",
  ]);
  for (const element of root.querySelectorAll("*")) {
    for (const { name } of element.attributes) expect(name).not.toMatch(/^(?:id|name|style|on.*)$/);
  }
});
