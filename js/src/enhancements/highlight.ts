/**
 * Colours of code, by CodeMirror's stream parsers: they read line by line and keep their state, as a stream needs.
 *
 * A bundle of its own, which a page asks for when it meets the first code block.
 */
import { c, cpp, csharp, java, kotlin, scala } from "@codemirror/legacy-modes/mode/clike";
import { css } from "@codemirror/legacy-modes/mode/css";
import { diff } from "@codemirror/legacy-modes/mode/diff";
import { dockerFile } from "@codemirror/legacy-modes/mode/dockerfile";
import { go } from "@codemirror/legacy-modes/mode/go";
import { javascript, json, typescript } from "@codemirror/legacy-modes/mode/javascript";
import { julia } from "@codemirror/legacy-modes/mode/julia";
import { properties } from "@codemirror/legacy-modes/mode/properties";
import { python } from "@codemirror/legacy-modes/mode/python";
import { r } from "@codemirror/legacy-modes/mode/r";
import { ruby } from "@codemirror/legacy-modes/mode/ruby";
import { rust } from "@codemirror/legacy-modes/mode/rust";
import { shell } from "@codemirror/legacy-modes/mode/shell";
import { standardSQL } from "@codemirror/legacy-modes/mode/sql";
import { stex } from "@codemirror/legacy-modes/mode/stex";
import { toml } from "@codemirror/legacy-modes/mode/toml";
import { html, xml } from "@codemirror/legacy-modes/mode/xml";
import { yaml } from "@codemirror/legacy-modes/mode/yaml";
import type { Highlighter, Token } from "../markdown/index.ts";
import { colour } from "./colours.ts";
import { StringStream } from "./string-stream.ts";

/** What is used of CodeMirror's `StreamParser`. */
interface Parser {
  token(stream: StringStream, state: unknown): string | null;
  startState?(indentUnit: number): unknown;
  blankLine?(state: unknown, indentUnit: number): void;
}

interface State {
  readonly parser: Parser;
  readonly inner: unknown;
}

const PARSERS = {
  bash: shell,
  c,
  cpp,
  csharp,
  css,
  diff,
  dockerfile: dockerFile,
  go,
  html,
  ini: properties,
  java,
  javascript,
  json,
  julia,
  kotlin,
  latex: stex,
  python,
  r,
  ruby,
  rust,
  scala,
  sql: standardSQL,
  toml,
  typescript,
  xml,
  yaml,
} as unknown as Record<string, Parser>;

const ALIASES: Record<string, string> = {
  "c++": "cpp",
  "c#": "csharp",
  cc: "cpp",
  console: "bash",
  cs: "csharp",
  docker: "dockerfile",
  golang: "go",
  h: "c",
  hpp: "cpp",
  htm: "html",
  ipython: "python",
  ipython3: "python",
  jl: "julia",
  js: "javascript",
  jsonc: "json",
  jsonl: "json",
  jsx: "javascript",
  kt: "kotlin",
  mysql: "sql",
  patch: "diff",
  postgres: "sql",
  postgresql: "sql",
  properties: "ini",
  py: "python",
  python3: "python",
  rb: "ruby",
  rs: "rust",
  scss: "css",
  sh: "bash",
  shell: "bash",
  sqlite: "sql",
  svg: "xml",
  tex: "latex",
  ts: "typescript",
  tsx: "typescript",
  yml: "yaml",
  zsh: "bash",
};

/** The parsers' styles, by the class that each is drawn in. A style not named here stays plain. */
const CLASSES: Record<string, string> = {
  keyword: "keyword",
  controlKeyword: "keyword",
  modifier: "keyword",
  operatorKeyword: "keyword",
  atom: "atom",
  bool: "atom",
  null: "atom",
  number: "number",
  string: "string",
  "string-2": "string",
  regexp: "string",
  character: "string",
  comment: "comment",
  meta: "meta",
  def: "name",
  "variableName.definition": "name",
  "variableName.function": "name",
  "variableName.standard": "builtin",
  builtin: "builtin",
  "variableName.special": "builtin",
  typeName: "type",
  type: "type",
  "typeName.standard": "type",
  className: "type",
  tagName: "tag",
  tag: "tag",
  attributeName: "attribute",
  attribute: "attribute",
  propertyName: "attribute",
  operator: "operator",
  inserted: "inserted",
  deleted: "deleted",
  heading: "meta",
  invalid: "plain",
};

const INDENT = 2;
const PREFIX = "ipytalk-code-";
/** Characters of a line beyond which it stays plain: some parsers take a time that grows with its square. */
const LONGEST = 2_000;
/** A parser that stands still for this often is led past the character. */
const PATIENCE = 10;

export const highlight: Highlighter<State> = {
  start(language, element) {
    // Not yet: a new element is on no page.
    requestAnimationFrame(() => colour(element));
    const name = language.toLowerCase().replace(/^(language-|\{\.?|\.)|[},:].*$/g, "");
    const parser = PARSERS[ALIASES[name] ?? name];
    return parser ? { parser, inner: parser.startState?.(INDENT) ?? {} } : null;
  },
  line({ parser, inner }, text) {
    if (text.length > LONGEST) return [[null, text]];
    if (text === "") parser.blankLine?.(inner, INDENT);
    const stream = new StringStream(text);
    const tokens: Token[] = [];
    while (!stream.eol()) tokens.push([classOf(read(stream, parser, inner)), stream.current()]);
    return tokens;
  },
};

/** Read one token: `stream.current()` is its text, the return value its style. */
function read(stream: StringStream, parser: Parser, state: unknown): string | null {
  stream.start = stream.pos;
  for (let tries = 0; tries < PATIENCE; tries++) {
    const style = parser.token(stream, state);
    if (stream.pos > stream.start) return style;
  }
  stream.next();
  return null;
}

function classOf(style: string | null): string | null {
  for (const word of style?.split(" ") ?? []) {
    const name = CLASSES[word] ?? CLASSES[word.split(".")[0] ?? ""];
    if (name) return PREFIX + name;
  }
  return null;
}
