import { describe, expect, test } from "@jest/globals";
import { measurement, nowMs } from "../../support/formats/decode-context.ts";
import { decode, decodeText, item } from "./json-body.ts";

/** The one item with a field written as this piece of JSON. */
const decodeField = (field: string, json: string) =>
  decodeText(
    JSON.stringify({ measurements: [{ ...item, [field]: "HERE" }] }).replace('"HERE"', json),
  );

describe("a sound body", () => {
  test("gives its measurements in order", () => {
    const second = { ...item, project_name: "other", site: "8676", resource: "4242" };
    expect(decode(item, second)).toEqual({
      measurements: [
        measurement(),
        measurement({ projectName: "other", site: "8676", resource: "4242" }),
      ],
      dropped: {},
      hints: [],
      faults: [],
      faultCount: 0,
      isCut: false,
      untimedMetrics: [],
    });
  });

  test("may hold no measurement at all", () => {
    expect(decode().measurements).toEqual([]);
  });

  test("may begin with a byte order mark", () => {
    const text = `\uFEFF${JSON.stringify({ measurements: [item] })}`;
    expect(decodeText(text).measurements).toEqual([measurement()]);
  });
});

describe("a value keeps the digits that were sent", () => {
  test.each([
    ["12.5", "12.5"],
    ["12.50", "12.5"],
    ["0", "0"],
    ["-0", "0"],
    ["-0.0e5", "0"],
    ["1.79e+08", "179000000"],
    ["1E3", "1000"],
    [
      "123456789012345.123456789012345678901234567891",
      "123456789012345.123456789012345678901234567891",
    ],
    ["0.1000000000000000055511151231257827", "fault"],
    ["1e-30", "0.000000000000000000000000000001"],
    ["999999999999999.9", "999999999999999.9"],
    ['"12.5"', "12.5"],
    ['"0012.5"', "12.5"],
    ['".5"', "0.5"],
    ['"5."', "5"],
    ['"+1e-3"', "0.001"],
    ['"9007199254740993"', "fault"],
    ['"900719925474099.3000000000000000000000000000001"', "fault"],
  ])("%s is %s", (json, value) => {
    const [decoded] = decodeField("value", json).measurements;
    expect(decoded?.value ?? "fault").toBe(value);
  });
});

describe("a value that cannot be billed is a fault of its own kind", () => {
  test.each([
    ["-1", "value-negative"],
    ["-1e-30", "value-negative"],
    ["1e15", "value-too-large"],
    ["1e999999999999", "value-too-large"],
    ["1e-31", "value-too-precise"],
    ["1e-999999999999", "value-too-precise"],
    [`1.${"1".repeat(31)}`, "value-too-precise"],
    ['""', "value-invalid"],
    ['"."', "value-invalid"],
    ['"1e"', "value-invalid"],
    ['"12,5"', "value-invalid"],
    ['" 12"', "value-invalid"],
    ['"0x1p3"', "value-invalid"],
    ['"NaN"', "value-invalid"],
    ['"Infinity"', "value-invalid"],
    ["true", "field-invalid"],
    ["null", "field-invalid"],
    ["[1]", "field-invalid"],
  ])("%s is %s", (json, code) => {
    expect(decodeField("value", json)).toMatchObject({
      measurements: [],
      faults: [{ at: "measurements[0].value", code }],
    });
  });
});

describe("a time is RFC 3339 or Unix milliseconds, floored", () => {
  test.each([
    ['"2026-11-23T12:00:00Z"', nowMs],
    ['"2026-11-23t12:00:00z"', nowMs],
    ['"2026-11-23T13:00:00+01:00"', nowMs],
    ['"2026-11-23T06:30:00.000-05:30"', nowMs],
    ['"2026-11-23T12:00:00.0019999999Z"', nowMs + 1],
    ['"2026-11-23T12:00:00.1Z"', nowMs + 100],
    [String(nowMs), nowMs],
    [`${nowMs}.9`, nowMs],
  ])("%s", (json, timeMs) => {
    expect(decodeField("time", json).measurements).toEqual([measurement({ timeMs })]);
  });

  test.each([
    ['"2026-11-23T12:00:00"', "time-invalid"],
    ['"2026-11-23"', "time-invalid"],
    ['"2026-11-31T12:00:00Z"', "time-invalid"],
    ['"2026-11-23T24:00:00Z"', "time-invalid"],
    ['"2026-11-23T12:00:00+24:00"', "time-invalid"],
    [`"${nowMs}"`, "time-invalid"],
    ["1e999", "field-invalid"],
    ["1e300", "time-too-new"],
    [String(nowMs / 1000), "time-too-old"],
    ['"2026-10-24T11:59:59.999Z"', "time-too-old"],
    ['"2026-11-23T12:10:00.001Z"', "time-too-new"],
    ["null", "field-invalid"],
  ])("%s is %s", (json, code) => {
    expect(decodeField("time", json)).toMatchObject({
      measurements: [],
      faults: [{ at: "measurements[0].time", code }],
    });
  });

  test("the limits themselves are accepted", () => {
    expect(decodeField("time", '"2026-10-24T12:00:00Z"').faults).toEqual([]);
    expect(decodeField("time", '"2026-11-23T12:10:00Z"').faults).toEqual([]);
  });

  test("the detail says the limit", () => {
    const [fault] = decodeField("time", '"2027-01-01T00:00:00Z"').faults;
    expect(fault?.detail).toContain("2026-11-23T12:10:00.000Z");
  });
});

describe("names", () => {
  test.each([
    ["an umlaut", "Zoë"],
    ["quotes and commas", `"plant" genomes, part 2`],
    ["spaces at its ends, which count", " credits "],
    ["256 characters", "x".repeat(256)],
    ["256 characters of two code units", "🧬".repeat(256)],
    ["text that looks like an escape", "\\u0000"],
  ])("a project may have %s", (_, project_name) => {
    expect(decode({ ...item, project_name }).measurements).toEqual([
      measurement({ projectName: project_name }),
    ]);
  });

  test.each([
    ["project_name", "", "project-missing"],
    ["project_name", "x".repeat(257), "project-invalid"],
    ["project_name", "🧬".repeat(257), "project-invalid"],
    ["project_name", "a\u0000b", "project-invalid"],
    ["project_name", "a\nb", "project-invalid"],
    ["project_name", "a\u0085b", "project-invalid"],
    ["project_name", "a\ud800b", "project-invalid"],
    ["site", "a\tb", "site-invalid"],
    ["site", "x".repeat(257), "site-invalid"],
    ["resource", "\udc00", "resource-invalid"],
    ["metric", "", "metric-unbilled"],
    ["metric", "up", "metric-unbilled"],
    ["metric", "project_vcpu_usage ", "metric-unbilled"],
  ])("%s %j is %s", (field, name, code) => {
    expect(decode({ ...item, [field]: name })).toMatchObject({
      measurements: [],
      faults: [{ at: `measurements[0].${field}`, code }],
    });
  });
});
