/** Which syntax is on, beyond CommonMark with GFM's tables, task lists and strikethrough. */
export interface Syntax {
  /** `https://a.b`, `www.a.b` and `me@a.b` are links. */
  readonly bareUrls: boolean;
  readonly footnotes: boolean;
  readonly math: boolean;
}

export const SHIPPED: Syntax = { bareUrls: true, footnotes: true, math: true };

/** What the CommonMark specification says, to be compared with its examples. */
export const SPEC: Syntax = { bareUrls: false, footnotes: false, math: false };
