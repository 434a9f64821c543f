import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { refusals } from "../../../lib/formats/refusals.ts";

test("the README lists every refusal with its meaning, and no other", () => {
  const readme = readFileSync(join(import.meta.dirname, "../../../lib/formats/README.md"), "utf8");
  const [, section = ""] = readme.split("## Refusals");
  const rows = [...section.matchAll(/^\| `(.+?)` +\| (.+?) +\|$/gm)].map(([, ...row]) => row);
  expect(rows).toEqual(Object.entries(refusals));
});
