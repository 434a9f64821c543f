import { describe, expect, test } from "@jest/globals";
import { decodeJson } from "../../../lib/formats/decode-json.ts";
import { MalformedBody } from "../../../lib/formats/decoded.ts";
import { context, encodeUtf8 } from "../../support/formats/decode-context.ts";
import { decode, decodeText, item } from "./json-body.ts";

describe("every fault is listed by index", () => {
  test("beside sound measurements, several in one", () => {
    const decoded = decode(item, { ...item, value: -1, time: 5, colour: "red" }, "x", item, {
      ...item,
      value: -1,
      time: 5,
      metric: "up",
    });
    expect(decoded.measurements).toHaveLength(2);
    expect(decoded.faults.map(({ at, code }) => `${at} ${code}`)).toEqual([
      "measurements[1].colour field-invalid",
      "measurements[2] field-invalid",
      "measurements[4].metric metric-unbilled",
      "measurements[4].value value-negative",
      "measurements[4].time time-too-old",
    ]);
  });

  test("a missing field is told from a wrong one", () => {
    expect(decode({ ...item, metric: undefined, site: 5 }).faults).toEqual([
      { at: "measurements[0].metric", code: "field-invalid", detail: "missing: send a text" },
      { at: "measurements[0].site", code: "field-invalid", detail: "send a text or nothing" },
    ]);
  });

  test("beyond the first 1,000 they are only counted", () => {
    const decoded = decode(...Array.from({ length: 1_500 }, () => 0));
    expect(decoded.faults).toHaveLength(1_000);
    expect(decoded.faultCount).toBe(1_500);
  });

  test.each([
    ["[]", "body"],
    ["5", "body"],
    ["{}", "measurements"],
    ['{"measurements":{}}', "measurements"],
    ['{"measurements":[],"extra":1}', "extra"],
    ['{"__proto__":{},"measurements":[]}', "__proto__"],
  ])("%s is at fault at %s", (text, at) => {
    expect(decodeText(text).faults).toMatchObject([{ at, code: "field-invalid" }]);
  });

  test("a key is named by its beginning, since it may have megabytes", () => {
    const key = "k".repeat(1_000_000);
    expect(decodeText(`{"measurements":[],"${key}":1}`).faults).toMatchObject([
      { at: "k".repeat(100) },
    ]);
  });

  test("a text may hold as many commas and brackets as it likes", () => {
    const text = String.raw`\"\\,[{`.repeat(1_000_000);
    const decoded = decodeText(`{"measurements":[],"text":"${text}"}`);
    expect(decoded.faults).toMatchObject([{ at: "text" }]);
  });

  test("of more items than are taken none is looked at", () => {
    const text = `{"measurements":[0${",0".repeat(200_000)}]}`;
    expect(() => decodeText(text)).toThrow(expect.objectContaining({ code: "samples-too-many" }));
  });
});

describe("what is no JSON is refused as a whole", () => {
  test.each([
    ["nothing", "", "json-invalid"],
    ["a cut body", '{"measurements":[', "json-invalid"],
    ["NaN", '{"measurements":[NaN]}', "json-invalid"],
    ["nesting that would exhaust the stack", "[".repeat(1_000_000), "json-invalid"],
  ])("%s", (_, text, code) => {
    expect(() => decodeText(text)).toThrow(MalformedBody);
    expect(() => decodeText(text)).toThrow(expect.objectContaining({ code }));
  });

  test.each([
    ["nesting that would take a gigabyte", "[".repeat(9_000_000) + "]".repeat(9_000_000)],
    ["a million items of one character", `{"measurements":[0${",0".repeat(1_700_000)}]}`],
  ])("%s", (_, text) => {
    expect(() => decodeText(text)).toThrow(expect.objectContaining({ code: "samples-too-many" }));
  });

  test("bytes that are not UTF-8", () => {
    const body = Buffer.concat([encodeUtf8('{"measurements":["'), Buffer.from([0xff, 0x22])]);
    expect(() => decodeJson(body, context)).toThrow(
      expect.objectContaining({ code: "text-invalid" }),
    );
  });
});
