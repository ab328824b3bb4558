// Starts the benchmark: installs the peers if need be, bundles driver.ts for Node and runs it.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

if (!existsSync(at("../../../js/node_modules/esbuild"))) {
  throw new Error("the front end's tools aren't installed: run `npm ci` in js/");
}
if (!existsSync(at("node_modules/streaming-markdown"))) {
  execFileSync("npm", ["ci"], { cwd: at("."), stdio: "inherit" });
}

const { build } = createRequire(at("../../../js/package.json"))("esbuild");
// Under js/node_modules, so that `esbuild` and `playwright` resolve from there.
const driver = at("../../../js/node_modules/.cache/markdown-benchmark/driver.mjs");
await build({
  entryPoints: [at("driver.ts")],
  bundle: true,
  format: "esm",
  platform: "node",
  packages: "external",
  // tsconfig.json's paths serve the type checker; here they would pull the packages in.
  tsconfigRaw: "{}",
  outfile: driver,
  logLevel: "warning",
});
const { main } = await import(pathToFileURL(driver).href);
process.exitCode = await main(at("."), process.argv.slice(2));
