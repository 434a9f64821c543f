import { expect, test } from "@jest/globals";
import { html } from "../../../lib/web/html.ts";

test("a value is text, whatever it looks like", () => {
  const name = `"><script>alert('1')</script>&`;
  expect(html`<p title="${name}">${name}</p>`.text).toBe(
    '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;">&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;</p>',
  );
});

test("what a template made is put into another one as it is, alone or in a list", () => {
  const items = ["<a>", "b"].map((item) => html`<li>${item}</li>`);
  expect(html`<ul>${items}${html`<li>c</li>`}</ul>`.text).toBe(
    "<ul><li>&lt;a&gt;</li><li>b</li><li>c</li></ul>",
  );
});

test("nothing is written for what is absent, and zero is a number", () => {
  expect(html`${null}${undefined}${false}${0}`.text).toBe("0");
});

test("a backslash in a page stays one", () => {
  expect(html`\n${"\\n"}`.text).toBe("\n\\n");
});
