import { describe, expect, test } from "@jest/globals";
import {
  checkPlaces,
  escapeHtml,
  fillTemplate,
  htmlFromText,
  oneLine,
  parseTemplate,
} from "../../../lib/mail/template.ts";

const known = ["name", "at"];
const fill = (source: string, values: Record<string, string>) =>
  fillTemplate(parseTemplate(source, known), (name) => values[name] ?? "?");

test("placeholders are filled in, with and without spaces", () => {
  expect(fill("{{name}} at {{ at }}.", { name: "a", at: "b" })).toBe("a at b.");
  expect(fill("none", {})).toBe("none");
});

test("a value that looks like a placeholder stays as it is", () => {
  expect(fill("{{name}}{{at}}", { name: "{{at}}", at: "$& $1 {{name}}" })).toBe(
    "{{at}}$& $1 {{name}}",
  );
});

test.each(["{{nam}}", "{{}}", "{{name", "name}}", "{{na{{name}}me}}", "{{toString}}"])(
  "%p is a fault",
  (source) => {
    expect(() => parseTemplate(source, known)).toThrow(/has \{\{/);
  },
);

describe("in HTML a placeholder", () => {
  test.each([
    "<p>{{name}}</p>",
    "{{name}}",
    "<style>p{}</style>{{name}}",
    "<!-- x -->{{name}}<!-- y -->",
    '<a href="https://example.org/">{{name}}</a>',
  ])("may stand in %p", (source) => {
    expect(() => checkPlaces(parseTemplate(source, known))).not.toThrow();
  });

  test.each([
    '<a href="{{name}}">',
    "<a title={{name}}>",
    "<{{name}}>",
    "<p>{{at}}</p><img alt='{{name}}'>",
    "<!-- a > {{name}} -->",
    "<script>{{name}}</script>",
    "<STYLE> p { } {{name}}</STYLE>",
    "<title>{{name}}</title>",
    "<textarea>{{name}}",
  ])("may not stand in %p", (source) => {
    expect(() => checkPlaces(parseTemplate(source, known))).toThrow("{{name}} inside a tag");
  });
});

test("what means something in HTML is escaped", () => {
  expect(escapeHtml(`<b a="x" b='y'>&amp;`)).toBe(
    "&lt;b a=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;",
  );
});

test("a line stays one line, and is read from left to right", () => {
  expect(oneLine("a\r\nb\u0000c\u0085d\u2028e\u2029f\tg\u202egpj.exe\u2066\u200f")).toBe(
    "a b c d e f ggpj.exe",
  );
  expect(oneLine("Genetik 👩‍🔬 ä")).toBe("Genetik 👩‍🔬 ä");
});

test("a text's paragraphs and lines are kept in HTML", () => {
  expect(htmlFromText("a < b\n{{name}}\n\n\nc\n")).toBe(
    "<p>a &lt; b<br>\n{{name}}</p>\n<p>c</p>\n",
  );
});
