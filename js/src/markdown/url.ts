/**
 * Where a link may lead: `http:`, `https:`, `mailto:`, and what the page's own address resolves to one of them (paths,
 * fragments). The browser's URL parser decides, so that tabs, control characters and case hide no `javascript:`.
 */
const ALLOWED = new Set(["http:", "https:", "mailto:"]);
/** A notebook may be served from anywhere (`file:`, `vscode-webview:`); a relative link is judged against this. */
const ANY_PAGE = "https://page.invalid/";

function parse(destination: string): URL | null {
  try {
    return new URL(destination, ANY_PAGE);
  } catch {
    return null;
  }
}

export function isAllowed(destination: string): boolean {
  return ALLOWED.has(parse(destination)?.protocol ?? "");
}

/** The host an image would be asked from: "" for the page's own, null when it may not be loaded at all. */
export function imageHost(destination: string): string | null {
  const url = parse(destination);
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) return null;
  return url.origin === new URL(ANY_PAGE).origin ? "" : url.host;
}
