import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** The Chromium that every browser test drives: `IPYTALK_CHROMIUM`, one on the PATH, or Playwright's own. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string {
  const onPath = NAMES.flatMap((name) =>
    (env.PATH ?? "").split(delimiter).map((folder) => join(folder, name)),
  );
  const found = [env.IPYTALK_CHROMIUM ?? "", ...onPath, chromium.executablePath()].find(
    (path) => path && existsSync(path),
  );
  if (!found) {
    throw new Error(
      "no Chromium for the browser tests: run `apt-get install chromium` or `npx playwright install chromium`, " +
        "or set IPYTALK_CHROMIUM to its path",
    );
  }
  return found;
}

/** Flags for a closed network and for a container's root user. */
export const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
