/**
 * Backslash escapes, character references, link labels and destinations: text in, text out.
 *
 * Character references are decoded by the browser's own parser, in a document that is never shown: the full HTML5 table
 * would cost 11 kB gzipped. Only what matches `REFERENCE` gets there, so that no markup can.
 */

export const ESCAPABLE = /[!-/:-@[-`{-~]/;
export const REFERENCE = /&(?:#x[a-f0-9]{1,6}|#[0-9]{1,7}|[a-z][a-z0-9]{1,31});/iy;
const ESCAPE_OR_REFERENCE = /\\[!-/:-@[-`{-~]|&(?:#x[a-f0-9]{1,6}|#[0-9]{1,7}|[a-z][a-z0-9]{1,31});/gi;

const decoded = new Map<string, string>();
let parser: DOMParser | null = null;

/** Decode one reference that matched `REFERENCE`; an unknown name comes back as it is. */
export function decodeReference(reference: string): string {
  let text = decoded.get(reference);
  if (text === undefined) {
    parser ??= new DOMParser();
    // The x keeps a decoded space from being dropped at the body's start.
    text = parser.parseFromString(`x${reference}`, "text/html").body.textContent.slice(1);
    // HTML also decodes `&ampx;` by its prefix; CommonMark wants the whole name.
    if (text.endsWith(";") && !/^&(?:#|semi;)/.test(reference)) text = reference;
    if (decoded.size > 2000) decoded.clear();
    decoded.set(reference, text);
  }
  return text;
}

/** Undo backslash escapes and character references: destinations, titles, info strings. */
export function unescapeText(text: string): string {
  if (!/[\\&]/.test(text)) return text;
  return text.replace(ESCAPE_OR_REFERENCE, (found) =>
    found.charCodeAt(0) === 92 ? found.slice(1) : decodeReference(found),
  );
}

/** Percent-encode what a URL may not hold, leaving the escapes that are there. */
export function encodeDestination(destination: string): string {
  try {
    return encodeURI(destination).replace(/%25([0-9a-f]{2})/gi, "%$1");
  } catch {
    return destination; // half of a surrogate pair
  }
}

/** What makes two link labels the same label; `label` comes without its brackets. */
export function normalizeLabel(label: string): string {
  return label
    .trim()
    .replace(/[ \t\r\n]+/g, " ")
    .toLowerCase()
    .toUpperCase();
}
