/** What each renderer under measure looks like to the page. Every write has reached the DOM when it returns. */
export interface Stream {
  write(chunk: string): void;
  end(): void;
}

export type Create = (root: HTMLElement) => Stream | Promise<Stream>;
