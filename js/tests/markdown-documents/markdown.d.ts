/** Vite knows `?raw`; esbuild reads the same import with `--loader:.md=text`. */
declare module "*.md?raw" {
  const source: string;
  export default source;
}
