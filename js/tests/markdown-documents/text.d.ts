/** Vite knows `?raw`; esbuild reads the same import with `--loader:.txt=text`. */
declare module "*.txt?raw" {
  const source: string;
  export default source;
}
