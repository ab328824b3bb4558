/**
 * What leaves the page and what runs in it. Chromium lists each request of the page as a resource, failed ones too:
 * images, styles and what they import, frames, beacons. The test server's own traffic is left out.
 */
export class Watch {
  readonly requests: string[] = [];
  scripts = 0;
  readonly #observer = new PerformanceObserver((list) => this.#note(list.getEntries()));

  constructor() {
    Reflect.set(window, "pwned", () => {
      this.scripts++;
    });
    this.#observer.observe({ type: "resource" });
  }

  reset(): void {
    this.#observer.takeRecords();
    this.requests.length = 0;
    this.scripts = 0;
  }

  /** Gives handlers, loads and their events the time that they need to be seen. */
  async settle(): Promise<void> {
    await new Promise((resume) => requestAnimationFrame(resume));
    await new Promise((resume) => setTimeout(resume, 40));
    this.#note(this.#observer.takeRecords());
  }

  stop(): void {
    this.#observer.disconnect();
  }

  #note(entries: readonly PerformanceEntry[]): void {
    for (const { name } of entries)
      if (name.includes("leak") || !isTestServer(name)) this.requests.push(name);
  }
}

const isTestServer = (url: string) => new URL(url).host === location.host;
