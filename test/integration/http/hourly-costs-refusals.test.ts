import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { bodyOf } from "../../support/admin-calls.ts";
import { keys } from "../../support/api-keys.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";

let functions: Functions;
beforeAll(async () => {
  functions = await loadFunctions();
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

const someCursor = Buffer.from('[1,"x"]').toString("base64url");
test.each([
  [{ from: "yesterday" }, "range-invalid", "from"],
  [{ until: "2026-02-30" }, "range-invalid", "until"],
  [{ from: "2026-11-23", until: "2026-11-23" }, "range-invalid", "from"],
  [{ from: "1999-01-01", until: "2026-01-01" }, "range-invalid", "from"],
  [{ from: "+99999-01-01" }, "range-invalid", "from"],
  [{ from: "-200000000000000", until: "-199999999999999" }, "range-invalid", "until"],
  [{ metric: "a\0" }, "parameter-invalid", "metric"],
  [{ site: "\0" }, "parameter-invalid", "site"],
  [{ timezone: "Berlin" }, "timezone-unknown", "timezone"],
  [{ bucket: "year" }, "parameter-invalid", "bucket"],
  [{ by: "site" }, "parameter-invalid", "by"],
  [{ by: "metric,user" }, "parameter-invalid", "by"],
  [{ limit: "0" }, "parameter-invalid", "limit"],
  [{ limit: "10001" }, "parameter-invalid", "limit"],
  [{ compare: "next" }, "parameter-invalid", "compare"],
  [{ format: "xlsx" }, "parameter-invalid", "format"],
  [{ cursor: "!" }, "cursor-foreign", "cursor"],
  [{ cursor: someCursor }, "cursor-foreign", "cursor"],
])("%j is refused as %s", async (query, code, at) => {
  const answer = await functions.call("costs", {
    headers: { "x-api-key": keys.read },
    pathParameters: { project_name: "costs" },
    query: query as unknown as Record<string, string>,
  });
  expect(answer.statusCode).toBe(400);
  expect(bodyOf(answer)).toMatchObject({ code, errors: [{ at }] });
});
