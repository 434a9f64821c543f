import { describe, expect, test } from "@jest/globals";
import { parseWithSource } from "../../../lib/formats/parse-with-source.ts";

const parse = (text: string) => parseWithSource(text, (_key, value) => value);
const nest = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

test("numbers are read by their digits", () => {
  const digits = "0.12345678901234567890";
  const parsed = parseWithSource(`{"a":${digits}}`, (_key, value, { source }) =>
    typeof value === "number" ? source : value,
  );
  expect(parsed).toEqual({ a: digits });
});

describe("nesting", () => {
  test.each([
    ["100 arrays", nest(100)],
    ["a thousand arrays beside each other", `[${"[],".repeat(1_000)}[]]`],
    ["brackets in a text", `["${"[".repeat(20_000)}"]`],
    ["brackets in a text with quotes and backslashes", String.raw`["\\\"${"{".repeat(200)}"]`],
  ])("%s are taken", (_, text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  test.each([
    ["101 arrays", nest(101)],
    ["20,000 arrays", nest(20_000)],
    ["a million arrays that do not end", "[".repeat(1_000_000)],
    ["20,000 objects", `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`],
    ["20,000 arrays inside a field", `{"credits":1,"reason":${nest(20_000)}}`],
  ])("%s are a fault of the text and exhaust nothing", (_, text) => {
    expect(() => parse(text)).toThrow(SyntaxError);
  });
});
