import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { type Browser, chromium } from "playwright";
import { CHROMIUM_FLAGS, findChromium } from "../../../js/chromium.ts";
import type { Measure } from "./page.ts";

/** Who is drawn with ipytalk's stylesheet: everyone, ipytalk alone, or nobody. */
export const STYLED = ["all", "own", "none"] as const;
export type Styled = (typeof STYLED)[number];

const HTML = (css: string, rootClass: string) =>
  `<!doctype html><meta charset="utf-8"><title>benchmark</title>${css}<style>body{margin:0;font:14px/1.5 sans-serif}` +
  `#root{width:720px}</style><body><div id="root" class="${rootClass}"></div>` +
  `<script type="module" src="/page.js"></script>`;

/** One Chromium and the server of its page; each measure gets a fresh page. */
export class Bench {
  readonly sizes = new Map<string, number>();
  readonly #files: Map<string, Buffer>;
  readonly #server: Server;
  readonly #browser: Browser;

  private constructor(files: Map<string, Buffer>, server: Server, browser: Browser) {
    this.#files = files;
    this.#server = server;
    this.#browser = browser;
  }

  static async open(folder: string, renderers: readonly string[], styled: Styled): Promise<Bench> {
    const files = new Map<string, Buffer>();
    const bench = new Bench(
      files,
      createServer((request, response) => {
        const path = new URL(request.url ?? "/", "http://page").pathname;
        const renderer = path.match(/^\/([\w-]+)\.html$/)?.[1];
        const own = styled === "all" ? "ipytalk" : styled === "own" ? renderer : undefined;
        const sheet = own && files.has(`/renderers/${own}.css`) ? `/renderers/${own}.css` : "";
        const link = sheet && `<link rel="stylesheet" href="${sheet}">`;
        const body = renderer ? Buffer.from(HTML(link, sheet && "ipytalk-markdown")) : files.get(path);
        const type = path.endsWith(".js")
          ? "text/javascript"
          : path.endsWith(".css")
            ? "text/css"
            : "text/html";
        response.writeHead(body ? 200 : 404, {
          "content-type": type,
          // Isolated, the page's clock ticks in 5 µs instead of 100.
          "cross-origin-opener-policy": "same-origin",
          "cross-origin-embedder-policy": "require-corp",
        });
        response.end(body);
      }),
      await chromium.launch({
        executablePath: findChromium(),
        args: [...CHROMIUM_FLAGS, "--enable-precise-memory-info", "--js-flags=--expose-gc"],
      }),
    );
    await bundle(join(folder, "page.ts"), "/page", files);
    for (const renderer of renderers) {
      await bundle(join(folder, "renderers", `${renderer}.ts`), `/renderers/${renderer}`, files);
      bench.sizes.set(renderer, gzipped(files, `/renderers/${renderer}`));
    }
    await new Promise<void>((listening) => bench.#server.listen(0, "127.0.0.1", listening));
    return bench;
  }

  async measure<Name extends keyof Measure>(
    name: Name,
    order: Parameters<Measure[Name]>[0],
  ): Promise<Awaited<ReturnType<Measure[Name]>>> {
    const { port } = this.#server.address() as AddressInfo;
    const page = await this.#browser.newPage({ viewport: { width: 900, height: 700 } });
    try {
      await page.goto(`http://127.0.0.1:${port}/${order.renderer}.html`);
      await page.waitForFunction(() => "measure" in window);
      const run = (call: { name: string; order: unknown }) => {
        const measures = window.measure as unknown as Record<string, (order: unknown) => Promise<unknown>>;
        return measures[call.name]?.(call.order);
      };
      return (await page.evaluate(run, { name, order })) as Awaited<ReturnType<Measure[Name]>>;
    } finally {
      await page.close();
    }
  }

  version(): string {
    return this.#browser.version();
  }

  async close(): Promise<void> {
    await this.#browser.close();
    this.#server.close();
    this.#files.clear();
  }
}

async function bundle(entry: string, name: string, files: Map<string, Buffer>): Promise<void> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    outfile: `${name}.js`,
    write: false,
    loader: { ".txt": "text" },
    // As build.mjs has it for our bundle, here for everyone: nobody's functions are compiled in the middle of the text.
    banner: { js: "//# allFunctionsCalledOnLoad" },
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
    define: { "process.env.NODE_ENV": '"production"' },
    external: ["/renderers/*"],
    logLevel: "error",
  });
  for (const file of result.outputFiles) {
    files.set(file.path.slice(file.path.indexOf(name)), Buffer.from(file.contents));
  }
}

/** JavaScript and CSS together, as a page would fetch them. */
function gzipped(files: Map<string, Buffer>, name: string): number {
  return [".js", ".css"].reduce((size, extension) => {
    const file = files.get(`${name}${extension}`);
    return file ? size + gzipSync(file, { level: 9 }).length : size;
  }, 0);
}

/** A peer's version, from where npm put it. */
export function versionOf(folder: string, name: string): string {
  const manifest = readFileSync(join(folder, "node_modules", name, "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
