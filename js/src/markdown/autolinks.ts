/**
 * Links that need no brackets: `<https://a.b>`, `<me@a.b>`, and GFM's bare `https://a.b`, `www.a.b`, `me@a.b`.
 *
 * Bare ones are found ahead of the parse, over the same text: each starts at a word's start, and where the parse meets
 * that position as plain text it is a link. Inside code and destinations the parse never gets there.
 */
import { encodeDestination } from "./escapes.ts";
import { MORE, NO } from "./links.ts";

const POINTY_EMAIL =
  /<([a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*)>/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the specification excludes them
const POINTY_URL = /<([A-Za-z][A-Za-z0-9.+-]{1,31}:[^<>\x00-\x20]*)>/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the specification excludes them
const POINTY_OPEN = /<([^<>\x00-\x20]*)$/y;

export interface PointyLink {
  /** The position behind `>`, or `NO`, or `MORE`. */
  readonly end: number;
  /** With `MORE`: not empty when it already looks like a link. */
  readonly href: string;
}

export function scanPointyLink(text: string, at: number): PointyLink {
  POINTY_EMAIL.lastIndex = at;
  const email = POINTY_EMAIL.exec(text);
  if (email) return { end: POINTY_EMAIL.lastIndex, href: encodeDestination(`mailto:${email[1]}`) };
  POINTY_URL.lastIndex = at;
  const url = POINTY_URL.exec(text);
  if (url) return { end: POINTY_URL.lastIndex, href: encodeDestination(url[1] ?? "") };
  POINTY_OPEN.lastIndex = at;
  const half = POINTY_OPEN.exec(text);
  if (!half) return { end: NO, href: "" };
  return { end: MORE, href: /^(?:https?|mailto):./.exec(half[1] ?? "")?.[0] ?? "" };
}

export interface BareLink {
  readonly from: number;
  readonly to: number;
  readonly href: string;
}

const BARE =
  /(?<=^|[\s*_~(])(?:(?:https?|ftp):\/\/|www\.)[^\s<]+|(?<![A-Za-z0-9.+-])[A-Za-z0-9.+_-]{1,64}@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+/gi;

export class Autolinks {
  private readonly found: BareLink[] = [];
  private index = 0;

  constructor(text: string, from: number, on: boolean) {
    if (!on || !/:\/\/|www\.|@/i.test(from > 0 ? text.slice(from) : text)) return;
    BARE.lastIndex = from;
    for (let match = BARE.exec(text); match; match = BARE.exec(text)) {
      const link = bareLink(match[0], match.index);
      if (link) this.found.push(link);
    }
  }

  /** The first link that starts at `at` or behind it. */
  next(at: number): BareLink | undefined {
    while ((this.found[this.index]?.from ?? at) < at) this.index++;
    return this.found[this.index];
  }
}

function bareLink(match: string, from: number): BareLink | null {
  if (!/^(?:https?:\/\/|ftp:\/\/|www\.)/i.test(match)) {
    const address = match.replace(/[.]+$/, "");
    if (/[-_]$/.test(address)) return null;
    return { from, to: from + address.length, href: encodeDestination(`mailto:${address}`) };
  }
  const domain = /^(?:https?:\/\/|ftp:\/\/)?([\w.-]*)/i.exec(match)?.[1] ?? "";
  const parts = domain.replace(/\.+$/, "").split(".");
  if (domain === "" || (/^www\./i.test(match) && parts.length < 2)) return null;
  if (parts.slice(-2).some((part) => part.includes("_"))) return null;
  const url = trimUrl(match);
  const href = /^www\./i.test(url) ? `http://${url}` : url;
  return { from, to: from + url.length, href: encodeDestination(href) };
}

/** Punctuation at the end belongs to the sentence, a `)` without its `(` too, and what looks like `&amp;`. */
function trimUrl(url: string): string {
  let end = url.length;
  let open = 0;
  for (const c of url) open += c === "(" ? 1 : c === ")" ? -1 : 0;
  for (;;) {
    const c = url.charAt(end - 1);
    if (/[?!.,:*_~'"]/.test(c)) end--;
    else if (c === ")" && open < 0) {
      open++;
      end--;
    } else if (c === ";") {
      const reference = /&[a-z0-9]+;$/i.exec(url.slice(0, end));
      end -= reference ? reference[0].length : 1;
    } else return url.slice(0, end);
  }
}
