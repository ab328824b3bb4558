import type { Loader } from "../enhancements/loader.ts";

/** What a person can ask for, and what the page itself does. */
export interface Actions {
  readonly loader: Loader;
  send(text: string): void;
  stop(): void;
  retry(message: string): void;
  edit(message: string, text: string): void;
  switch(message: string, version: number): void;
  clear(): void;
  undo(): void;
  /** Let a tool that asks run, or not. */
  decide(tool: string, allow: boolean): void;
  /** The refusal was read. */
  dismiss(): void;
  /** An answer's first text is on screen. */
  painted(message: string): void;
}

/** The synced traits that only shape the view. */
export interface Look {
  readonly composer: boolean;
  readonly height: string;
  readonly title: string;
  readonly placeholder: string;
  readonly suggestions: readonly string[];
}
