// Builds the front end into a folder: the bundle that every widget brings, and those that a page asks for.
//
//     node build.mjs [--watch] [FOLDER]
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { minify } from "terser";

const here = fileURLToPath(new URL(".", import.meta.url));
const STATIC = join(here, "..", "src", "ipytalk", "static");

function options(folder) {
  return {
    absWorkingDir: here,
    entryPoints: [
      "src/widget.ts",
      "src/enhancements/highlight.ts",
      "src/enhancements/math.ts",
      "src/actions/actions.ts",
    ],
    entryNames: "[name]",
    outdir: folder,
    bundle: true,
    format: "esm",
    minify: true,
    target: "es2022",
    // Shorter than what tsconfig.json says, which lets no file be without an import.
    jsx: "transform",
    jsxFactory: "h",
    jsxFragment: "Fragment",
    inject: ["src/view/jsx.ts"],
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, useDefineForClassFields: false } },
    logLevel: "warning",
  };
}

/** None of our functions is a constructor unawares, and none of our getters does a thing. */
const compress = {
  lhs_constants: false,
  keep_fargs: false,
  passes: 4,
  pure_getters: true,
  unsafe_arrows: true,
  unsafe_methods: true,
};

/**
 * Chromium compiles all of it while it loads, and not each function when the first answer calls it: that answer's first
 * 8 kB cost 20 ms of script less, and a notebook of twenty chats loads as fast as before. Others ignore it.
 */
const COMPILE_HINT = "//# allFunctionsCalledOnLoad\n";

/** Private names that all of the source writes as `this.name` and nowhere else: nothing can know them by another way. */
function privateNames() {
  const source = readdirSync(join(here, "src"), { recursive: true })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => readFileSync(join(here, "src", name), "utf8"))
    .join("\n");
  const names = [...source.matchAll(/^ +private (?:readonly )?(\w+)/gm)].map(([, name]) => name);
  return [...new Set(names)].filter((name) => {
    const rest = source.replaceAll(new RegExp(`(this\\.|^ +private (?:readonly )?)${name}\\b`, "gm"), "");
    return !new RegExp(`\\b${name}\\b`).test(rest);
  });
}

/** Build once. */
export async function build(folder = STATIC) {
  await esbuild.build(options(folder));
  // anywidget sends and saves this one with every widget: terser takes another 2 % off it.
  const path = join(folder, "widget.js");
  const mangle = { properties: { regex: new RegExp(`^(?:${privateNames().join("|")})$`) } };
  const { code } = await minify(readFileSync(path, "utf8"), { module: true, ecma: 2022, compress, mangle });
  writeFileSync(path, COMPILE_HINT + code);
}

/** Build at each change, with source maps. */
async function watch() {
  const context = await esbuild.context({
    ...options(STATIC),
    minify: false,
    sourcemap: "inline",
    logLevel: "info",
  });
  await context.watch();
}

if (import.meta.url === pathToFileURL(argv[1] ?? "").href) {
  const [folder] = argv.slice(2).filter((word) => !word.startsWith("--"));
  await (argv.includes("--watch") ? watch() : build(folder));
}
