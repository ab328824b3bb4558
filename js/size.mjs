// Prints the gzipped size of the bundle as `npm run build` makes it, and fails above the limit: anywidget sends the
// bundle with every widget, and saves it with every one.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "./build.mjs";

const LIMIT = 35_000;

const folder = mkdtempSync(join(tmpdir(), "ipytalk-size-"));
let total = 0;
try {
  await build(folder);
  // What is loaded on demand is built to files of other names.
  for (const name of readdirSync(folder).filter((file) => /^widget\.(js|css)$/.test(file))) {
    const source = readFileSync(join(folder, name));
    const size = gzipSync(source, { level: 9 }).length;
    total += size;
    console.log(`${name}: ${source.length} bytes, ${size} gzipped`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
if (total === 0) throw new Error("the build made no widget.js");
console.log(`front end: ${(total / 1000).toFixed(1)} of ${LIMIT / 1000} kB gzipped`);
if (total > LIMIT) {
  console.error(`${total - LIMIT} bytes over the limit`);
  process.exitCode = 1;
}
