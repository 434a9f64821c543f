import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { adminOf, bodyOf, faultsOf } from "../../support/admin-calls.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";

let functions: Functions;
let admin: ReturnType<typeof adminOf>;
beforeAll(async () => {
  functions = await loadFunctions();
  admin = adminOf(functions);
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

const refund = { credits: -2.5, reason: "the site was down" };

describe("a request that is wrong", () => {
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
  test.each<[string, object | string, string[]]>([
    ["no credits", { reason: "r" }, ["credits"]],
    ["no reason", { credits: 1 }, ["reason"]],
    ["credits of 0", { credits: "-0.0", reason: "r" }, ["credits"]],
    ["credits that are no number", { credits: "1,5", reason: "r" }, ["credits"]],
    ["two signs", { credits: "-+5", reason: "r" }, ["credits"]],
    ["NaN", { credits: "NaN", reason: "r" }, ["credits"]],
    ["infinity", { credits: "-Infinity", reason: "r" }, ["credits"]],
    ["too many credits", '{"credits":-1e15,"reason":"r"}', ["credits"]],
    ["too many decimals", '{"credits":1e-31,"reason":"r"}', ["credits"]],
    [
      "null",
      { credits: null, reason: null, actor: null, time: null },
      ["actor", "credits", "reason", "time"],
    ],
    ["a list", { credits: [1], reason: ["r"] }, ["credits", "reason"]],
    [
      "numbers for texts",
      { credits: 1, reason: 5, actor: 6, time: 7 },
      ["actor", "reason", "time"],
    ],
    ["blanks", { credits: 1, reason: "  ", actor: "" }, ["actor", "reason"]],
    ["NUL", { credits: 1, reason: "a\0b", actor: "a\0b" }, ["actor", "reason"]],
    ["half a surrogate pair", '{"credits":1,"reason":"\\ud800"}', ["reason"]],
    [
      "too long texts",
      { credits: 1, reason: "r".repeat(2001), actor: "a".repeat(257) },
      ["actor", "reason"],
    ],
    ["the future", { credits: 1, reason: "r", time: inAnHour }, ["time"]],
    ["the distant past", { credits: 1, reason: "r", time: "0001-01-01T00:00:00Z" }, ["time"]],
    ["a date", { credits: 1, reason: "r", time: "2026-11-01" }, ["time"]],
    [
      "an unknown field",
      { credits: 1, reason: "r", project: "p", credit: 2 },
      ["credit", "project"],
    ],
    ["an array", [], ["body"]],
    ["no JSON", "{", ["body"]],
    ["nothing", "", ["body"]],
  ])("by %s is told every field at fault", async (_, body, fields) => {
    const answer = await admin.adjust("wrong", body, "wrong");
    expect(answer.statusCode).toBe(400);
    expect(faultsOf(answer)).toEqual(fields);
    expect((await admin.credits("wrong")).statusCode).toBe(404);
  });

  test.each([
    ["2026-11-01T10:00Z", "the seconds are missing"],
    ["2026-11-01T10:00:00", "the offset from UTC is missing"],
    ["2026-11-01", "the time of day is missing"],
    ["yesterday", "send RFC 3339 text"],
  ])("by the time %s is told what the time lacks", async (time, detail) => {
    const answer = await admin.adjust("wrong", { credits: 1, reason: "r", time }, "wrong");
    expect(bodyOf(answer).errors).toEqual([
      { at: "time", code: "parameter-invalid", detail: expect.stringContaining(detail) },
    ]);
  });

  test("by bytes that are no text is refused", async () => {
    const body = Buffer.from([0x7b, 0xff, 0x7d]);
    expect((await admin.adjustWith("wrong", body)).statusCode).toBe(400);
  });

  test("by gzip is told to send none", async () => {
    const headers = { "content-encoding": "gzip", "idempotency-key": "gzipped" };
    const answer = await admin.adjustWith("wrong", gzipSync(JSON.stringify(refund)), headers);
    expect(answer.statusCode).toBe(415);
    expect(bodyOf(answer)).toMatchObject({
      code: "encoding-unsupported",
      detail: 'Content-Encoding "gzip" is not taken with this content type: send none.',
      errors: [{ at: "Content-Encoding" }],
    });
  });

  test.each([
    ["no key", {}],
    ["an empty key", { "idempotency-key": "" }],
    ["a blank key", { "idempotency-key": " " }],
    ["a key with an umlaut", { "idempotency-key": "schlüssel" }],
    ["a key of 256 characters", { "idempotency-key": "k".repeat(256) }],
  ])("by %s is told the header", async (_, headers: Record<string, string>) => {
    const answer = await admin.adjustWith("wrong", refund, headers);
    expect(answer.statusCode).toBe(400);
    expect(faultsOf(answer)).toEqual(["Idempotency-Key"]);
    expect(bodyOf(answer).detail).toMatch("1 to 255 printable ASCII characters");
  });

  test.each(["", "  ", "\u00a0", ".", "..", "nul\0byte", "line\nfeed", "n".repeat(257), "\ud800"])(
    "by the project %j is told all that is wrong",
    async (name) => {
      const answer = await admin.adjustWith(name, {});
      expect(answer.statusCode).toBe(400);
      expect(faultsOf(answer)).toEqual(["Idempotency-Key", "credits", "project_name", "reason"]);
    },
  );
});
