/** The examples of the GFM specification's extension sections (0.29), and the raw HTML filter's, which has no place here. */
export interface GfmExample {
  readonly section: "Tables" | "Task list items" | "Strikethrough" | "Autolinks" | "Disallowed raw HTML";
  readonly markdown: string;
  readonly html: string;
}

const TASK = '<input disabled="" type="checkbox">';
const DONE = '<input checked="" disabled="" type="checkbox">';

export const GFM_EXAMPLES: readonly GfmExample[] = [
  {
    section: "Tables",
    markdown: "| foo | bar |\n| --- | --- |\n| baz | bim |\n",
    html: "<table><thead><tr><th>foo</th><th>bar</th></tr></thead><tbody><tr><td>baz</td><td>bim</td></tr></tbody></table>",
  },
  {
    section: "Tables",
    markdown: "| abc | defghi |\n:-: | -----------:\nbar | baz\n",
    html:
      '<table><thead><tr><th align="center">abc</th><th align="right">defghi</th></tr></thead>' +
      '<tbody><tr><td align="center">bar</td><td align="right">baz</td></tr></tbody></table>',
  },
  {
    section: "Tables",
    markdown: "| f\\|oo  |\n| ------ |\n| b `\\|` az |\n| b **\\|** im |\n",
    html:
      "<table><thead><tr><th>f|oo</th></tr></thead><tbody><tr><td>b <code>|</code> az</td></tr>" +
      "<tr><td>b <strong>|</strong> im</td></tr></tbody></table>",
  },
  {
    section: "Tables",
    markdown: "| abc | def |\n| --- | --- |\n| bar | baz |\n> bar\n",
    html:
      "<table><thead><tr><th>abc</th><th>def</th></tr></thead><tbody><tr><td>bar</td><td>baz</td></tr></tbody></table>" +
      "<blockquote><p>bar</p></blockquote>",
  },
  {
    section: "Tables",
    markdown: "| abc | def |\n| --- | --- |\n| bar | baz |\nbar\n\nbar\n",
    html:
      "<table><thead><tr><th>abc</th><th>def</th></tr></thead><tbody><tr><td>bar</td><td>baz</td></tr>" +
      "<tr><td>bar</td><td></td></tr></tbody></table><p>bar</p>",
  },
  {
    section: "Tables",
    markdown: "| abc | def |\n| --- |\n| bar |\n",
    html: "<p>| abc | def |\n| --- |\n| bar |</p>",
  },
  {
    section: "Tables",
    markdown: "| abc | def |\n| --- | --- |\n| bar |\n| bar | baz | boo |\n",
    html:
      "<table><thead><tr><th>abc</th><th>def</th></tr></thead><tbody><tr><td>bar</td><td></td></tr>" +
      "<tr><td>bar</td><td>baz</td></tr></tbody></table>",
  },
  {
    section: "Tables",
    markdown: "| abc | def |\n| --- | --- |\n",
    html: "<table><thead><tr><th>abc</th><th>def</th></tr></thead></table>",
  },
  {
    section: "Task list items",
    markdown: "- [ ] foo\n- [x] bar\n",
    html: `<ul><li>${TASK} foo</li><li>${DONE} bar</li></ul>`,
  },
  {
    section: "Task list items",
    markdown: "- [x] foo\n  - [ ] bar\n  - [x] baz\n- [ ] bim\n",
    html: `<ul><li>${DONE} foo<ul><li>${TASK} bar</li><li>${DONE} baz</li></ul></li><li>${TASK} bim</li></ul>`,
  },
  {
    section: "Strikethrough",
    markdown: "~~Hi~~ Hello, ~there~ world!\n",
    html: "<p><del>Hi</del> Hello, <del>there</del> world!</p>",
  },
  {
    section: "Strikethrough",
    markdown: "This ~~has a\n\nnew paragraph~~.\n",
    html: "<p>This ~~has a</p><p>new paragraph~~.</p>",
  },
  {
    section: "Strikethrough",
    markdown: "This will ~~~not~~~ strike.\n",
    html: "<p>This will ~~~not~~~ strike.</p>",
  },
  {
    section: "Autolinks",
    markdown: "www.commonmark.org\n",
    html: '<p><a href="http://www.commonmark.org">www.commonmark.org</a></p>',
  },
  {
    section: "Autolinks",
    markdown: "Visit www.commonmark.org/help for more information.\n",
    html: '<p>Visit <a href="http://www.commonmark.org/help">www.commonmark.org/help</a> for more information.</p>',
  },
  {
    section: "Autolinks",
    markdown: "Visit www.commonmark.org.\n\nVisit www.commonmark.org/a.b.\n",
    html:
      '<p>Visit <a href="http://www.commonmark.org">www.commonmark.org</a>.</p>' +
      '<p>Visit <a href="http://www.commonmark.org/a.b">www.commonmark.org/a.b</a>.</p>',
  },
  {
    section: "Autolinks",
    markdown:
      "www.google.com/search?q=Markup+(business)\n\nwww.google.com/search?q=Markup+(business)))\n\n" +
      "(www.google.com/search?q=Markup+(business))\n\n(www.google.com/search?q=Markup+(business)\n",
    html:
      '<p><a href="http://www.google.com/search?q=Markup+(business)">www.google.com/search?q=Markup+(business)</a></p>' +
      '<p><a href="http://www.google.com/search?q=Markup+(business)">www.google.com/search?q=Markup+(business)</a>))</p>' +
      '<p>(<a href="http://www.google.com/search?q=Markup+(business)">www.google.com/search?q=Markup+(business)</a>)</p>' +
      '<p>(<a href="http://www.google.com/search?q=Markup+(business)">www.google.com/search?q=Markup+(business)</a></p>',
  },
  {
    section: "Autolinks",
    markdown: "www.google.com/search?q=(business))+ok\n",
    html: '<p><a href="http://www.google.com/search?q=(business))+ok">www.google.com/search?q=(business))+ok</a></p>',
  },
  {
    section: "Autolinks",
    markdown: "www.google.com/search?q=commonmark&hl=en\n\nwww.google.com/search?q=commonmark&hl;\n",
    html:
      '<p><a href="http://www.google.com/search?q=commonmark&amp;hl=en">www.google.com/search?q=commonmark&amp;hl=en</a></p>' +
      '<p><a href="http://www.google.com/search?q=commonmark">www.google.com/search?q=commonmark</a>&amp;hl;</p>',
  },
  {
    section: "Autolinks",
    markdown: "www.commonmark.org/he<lp\n",
    html: '<p><a href="http://www.commonmark.org/he">www.commonmark.org/he</a>&lt;lp</p>',
  },
  {
    section: "Autolinks",
    markdown: "http://commonmark.org\n\n(Visit https://encrypted.google.com/search?q=Markup+(business))\n",
    html:
      '<p><a href="http://commonmark.org">http://commonmark.org</a></p><p>(Visit ' +
      '<a href="https://encrypted.google.com/search?q=Markup+(business)">https://encrypted.google.com/search?q=Markup+(business)</a>)</p>',
  },
  {
    section: "Autolinks",
    markdown: "foo@bar.baz\n",
    html: '<p><a href="mailto:foo@bar.baz">foo@bar.baz</a></p>',
  },
  {
    section: "Autolinks",
    markdown: "hello@mail+xyz.example isn't valid, but hello+xyz@mail.example is.\n",
    html:
      "<p>hello@mail+xyz.example isn't valid, but " +
      '<a href="mailto:hello+xyz@mail.example">hello+xyz@mail.example</a> is.</p>',
  },
  {
    section: "Autolinks",
    markdown: "a.b-c_d@a.b\n\na.b-c_d@a.b.\n\na.b-c_d@a.b-\n\na.b-c_d@a.b_\n",
    html:
      '<p><a href="mailto:a.b-c_d@a.b">a.b-c_d@a.b</a></p><p><a href="mailto:a.b-c_d@a.b">a.b-c_d@a.b</a>.</p>' +
      "<p>a.b-c_d@a.b-</p><p>a.b-c_d@a.b_</p>",
  },
  {
    section: "Disallowed raw HTML",
    markdown: "<strong> <title> <style> <em>\n",
    html: "<p><strong> &lt;title> &lt;style> <em></em></strong></p>",
  },
];
