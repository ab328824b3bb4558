import type { Loader } from "../enhancements/loader.ts";
import type { Pen } from "./body.tsx";

/** What a person can ask for, and what the page itself does. */
export interface Actions {
  readonly loader: Loader;
  readonly pen: Pen;
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
}

/** The synced traits that only shape the view. */
export interface Look {
  readonly composer: boolean;
  readonly height: string;
  readonly title: string;
  readonly placeholder: string;
  readonly suggestions: readonly string[];
}
