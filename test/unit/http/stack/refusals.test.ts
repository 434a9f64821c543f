import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { httpRefusals } from "../../../../lib/http/stack/problem.ts";

test("the README lists every refusal with its status and meaning, and no other", () => {
  const readme = readFileSync(join(import.meta.dirname, "../../../../lib/http/README.md"), "utf8");
  const [, section = ""] = readme.split("## Refusals");
  const rows = [...section.matchAll(/^\| `(.+?)` \| ([^|]+) \| (.+?) \|$/gm)];
  expect(rows.map(([, code, status, meaning]) => [code, status, meaning])).toEqual(
    Object.entries(httpRefusals).map(([code, { status, meaning }]) => [
      code,
      String(status),
      meaning,
    ]),
  );
});
