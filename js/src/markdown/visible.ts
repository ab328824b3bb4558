/**
 * Characters that act instead of being seen, each as one character that is seen.
 *
 * One for one, so that lengths stay as they are in the source.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e]/g;
/** Embeddings, isolates and marks too: prose in Arabic or Hebrew needs them, code is reordered by them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const CONTROLS_IN_CODE = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function show(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 32) return String.fromCharCode(0x2400 + code); // ␛ for ESC
  return code === 127 ? "\u2421" : "\ufffd";
}

/** Text of prose: controls and overrides are shown. */
export function visible(text: string): string {
  return text.replace(CONTROLS, show);
}

/** A footnote's label. Citations have c1, c2, so that they never meet the answer's own 1, 2; no reader need know. */
export function noteName(label: string): string {
  return visible(label.replace(/^c(?=\d+$)/, ""));
}

/** Text of code: whatever could reorder it is shown. */
export function visibleCode(text: string): string {
  return text.replace(CONTROLS_IN_CODE, show);
}
