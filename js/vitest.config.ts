import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { CHROMIUM_FLAGS, findChromium } from "./chromium.ts";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  // The protocol's fixtures, which both test suites read, lie in ../tests.
  server: { fs: { allow: [".."] } },
  // Found only once a test runs, it would reload that test.
  optimizeDeps: { include: ["commonmark"] },
  test: {
    include: ["tests/**/*.test.{ts,tsx}"],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath: findChromium(), args: CHROMIUM_FLAGS } }),
      instances: [{ browser: "chromium" }],
    },
  },
});
