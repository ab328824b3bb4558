import { describe, expect, test } from "vitest";
import { highlight } from "../../src/enhancements/highlight.ts";
import { math } from "../../src/enhancements/math.ts";
import { createMarkdownStream } from "../../src/markdown/index.ts";

function tokens(language: string, ...lines: string[]): [string, string][] {
  const state = highlight.start(language, document.body);
  expect(state).not.toBeNull();
  const named: [string, string][] = [];
  for (const line of lines) {
    const read = highlight.line(state as never, line);
    expect(read.map(([, text]) => text).join("")).toBe(line);
    for (const [name, text] of read) if (name) named.push([name.replace("ipytalk-code-", ""), text]);
  }
  return named;
}

test("a line beyond all measure stays plain, and the lines below it have their colours", () => {
  expect(tokens("yaml", `a: ${"x".repeat(60_000)}`, "b: 1 # why")).toContainEqual(["comment", "# why"]);
});

/** A line of each language that the highlighter must know, with a token that must be told from plain text. */
const LANGUAGES: [string, string, string][] = [
  ["python", "def f(x): return x", "def"],
  ["sql", "SELECT a FROM b", "SELECT"],
  ["r", "f <- function(x) x", "function"],
  ["julia", "function f(x) end", "function"],
  ["bash", 'for f in *; do echo "$f"; done', "for"],
  ["json", '{"a": 1}', "1"],
  ["yaml", "a: 1 # why", "# why"],
  ["toml", 'a = "b"', '"b"'],
  ["js", "const a = 1", "const"],
  ["ts", "interface A {}", "interface"],
  ["html", "<p>x</p>", "p"],
  ["css", "a { color: red }", "a"],
  ["c", "int main() { return 0; }", "int"],
  ["cpp", "class A {};", "class"],
  ["rust", "fn main() {}", "fn"],
  ["go", "func main() {}", "func"],
  ["java", "public class A {}", "public"],
  ["diff", "+ added", "+ added"],
  ["latex", "\\frac{a}{b} % why", "% why"],
  ["dockerfile", "FROM debian", "FROM"],
];

describe("the highlighter", () => {
  test.each(LANGUAGES)("knows %s", (language, line, token) => {
    expect(tokens(language, line).map(([, text]) => text)).toContain(token);
  });

  test("keeps a string's state from line to line", () => {
    expect(tokens("python", 'x = """one', "def two", '"""', "def f")).toContainEqual(["string", "def two"]);
    expect(tokens("python", '"""', '"""', "def f")).toContainEqual(["keyword", "def"]);
  });

  test("leaves a language plain that it doesn't know", () => {
    expect(highlight.start("klingon", document.body)).toBeNull();
    expect(highlight.start("__proto__", document.body)).toBeNull();
    expect(highlight.start("constructor", document.body)).toBeNull();
  });
});

test("a token has its colour on the page and in a shadow", async () => {
  const shadow = document.body.appendChild(document.createElement("div")).attachShadow({ mode: "open" });
  for (const place of [document.body, shadow]) {
    const root = document.createElement("div");
    root.className = "ipytalk-markdown";
    const stream = createMarkdownStream(root, { highlight });
    stream.write("```python\ndef f(x):\n```\n");
    stream.end();
    place.append(root);
    const token = root.querySelector(".ipytalk-code-keyword");
    if (!token) throw new Error("there is no token");
    await expect.poll(() => getComputedStyle(token).color).toBe("rgb(0, 128, 0)");
  }
});

describe("math", () => {
  test("is MathML", () => {
    const drawn = math("\\frac{a}{b}", true) as Element;
    expect(drawn.localName).toBe("math");
    expect(drawn.namespaceURI).toBe("http://www.w3.org/1998/Math/MathML");
    expect(drawn.querySelector("mfrac")).not.toBeNull();
  });

  test("that can't be read stays there as source", () => {
    const root = document.createElement("div");
    const stream = createMarkdownStream(root, { math });
    stream.write("$\\frac{a}{$ and $x^2$");
    stream.end();
    expect(root.querySelectorAll("math")).toHaveLength(1);
    expect(root.textContent).toContain("\\frac{a}{");
  });

  test.each([
    "\\href{javascript:alert(1)}{x}",
    "\\url{javascript:alert(1)}",
    "\\includegraphics{http://example.com/x.png}",
    "\\style{background:url(http://example.com)}{x}",
    "\\class{ipytalk-chat}{x}",
    "\\id{jp-main-dock-panel}{x}",
    "\\data{a=b}{x}",
  ])("makes nothing that leads away: %s", (tex) => {
    const root = document.createElement("div");
    const stream = createMarkdownStream(root, { math });
    stream.write(`$${tex}$`);
    stream.end();
    expect(root.querySelector("[href], [src], [id], img, a, .ipytalk-chat, [data-a]")).toBeNull();
    expect(root.innerHTML).not.toMatch(/style="[^"]*url\(/);
  });
});

test("what was drawn before the enhancements came is drawn again with them", () => {
  const needs: string[] = [];
  const root = document.createElement("div");
  const stream = createMarkdownStream(root, { onNeed: (need) => needs.push(need) });
  stream.write("$x^2$\n\n```python\ndef f(): pass\n```\n\n$y$\n");
  expect(needs).toEqual(["math", "highlight"]);
  stream.enhance({ math });
  stream.enhance({ highlight });
  stream.end();
  const whole = document.createElement("div");
  const atOnce = createMarkdownStream(whole, { math, highlight });
  atOnce.write("$x^2$\n\n```python\ndef f(): pass\n```\n\n$y$\n");
  atOnce.end();
  root.normalize();
  whole.normalize();
  expect(root.isEqualNode(whole)).toBe(true);
  expect(root.querySelector("pre .ipytalk-code-keyword")?.textContent).toBe("def");
});
