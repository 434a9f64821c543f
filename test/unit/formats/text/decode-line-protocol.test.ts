import { describe, expect, test } from "@jest/globals";
import { decodeLineProtocol } from "../../../../lib/formats/text/decode-line-protocol.ts";
import {
  context,
  encodeUtf8,
  measurement,
  nowMs,
} from "../../../support/formats/decode-context.ts";

const decode = (text: string) => decodeLineProtocol(encodeUtf8(text), context);

const nowNs = `${nowMs}000000`;
const tagged = (tags: string, rest = `value=12.5 ${nowNs}`) => `project_vcpu_usage,${tags} ${rest}`;
const credits = "project_name=credits";

describe("a line that is billed", () => {
  test("gives a measurement, as the old service took it", () => {
    const tags = `location=bielefeld,location_id=8676,${credits}`;
    expect(decode(tagged(tags, `value=120.5 ${nowNs}`))).toEqual({
      measurements: [measurement({ site: "8676", value: "120.5" })],
      dropped: {},
      hints: [],
      faults: [],
      faultCount: 0,
      isCut: false,
      untimedMetrics: [],
    });
  });

  test("without a timestamp takes the one instant, and names its metric as untimed", () => {
    expect(decode(tagged(credits, "value=12.5"))).toMatchObject({
      measurements: [measurement()],
      untimedMetrics: ["project_vcpu_usage"],
    });
  });

  test.each([
    ["location where there is no location_id", `location=b,${credits}`, "b", ""],
    ["project_id as the resource", `project_id=42,${credits}`, "", "42"],
    ["no other tag", `job=x,${credits},host=y`, "", ""],
    ["no tag without a value", `job=,location_id=,location=b,project_id=,${credits}`, "b", ""],
  ])("takes %s", (_, tags, site, resource) => {
    expect(decode(tagged(tags)).measurements).toEqual([measurement({ site, resource })]);
  });

  test.each([
    ["a float", "value=12.5", "12.5"],
    ["a float with an exponent", "value=1.5e-3", "0.0015"],
    ["a whole float", "value=12", "12"],
    ["a signed integer", "value=12i", "12"],
    ["an unsigned integer", "value=12u", "12"],
    ["other fields beside it", `note="a, b=c \\" d",value=7,ok=true`, "7"],
  ])("has %s as its value", (_, field, value) => {
    expect(decode(tagged(credits, `${field} ${nowNs}`)).measurements).toEqual([
      measurement({ value }),
    ]);
  });

  test.each([
    [`${nowMs}999999`, nowMs],
    [`${nowMs}000001`, nowMs],
    [`+${nowMs}000000`, nowMs],
  ])("has nanoseconds, floored to milliseconds without a float: %s", (written, timeMs) => {
    expect(decode(tagged(credits, `value=12.5 ${written}`)).measurements).toEqual([
      measurement({ timeMs }),
    ]);
  });
});

describe("escapes of tags and names", () => {
  test.each([
    [String.raw`Zoë's\ \"plant\"\ genomes\,\ part\=2`, String.raw`Zoë's \"plant\" genomes, part=2`],
    ['a"b', 'a"b'],
    [String.raw`C:\DIR`, String.raw`C:\DIR`],
    [String.raw`a\\b`, String.raw`a\\b`],
  ])("%s is %s", (written, projectName) => {
    expect(decode(tagged(`project_name=${written},job=x`)).measurements).toEqual([
      measurement({ projectName }),
    ]);
  });

  test("the name of the measurement and of a tag", () => {
    const isBilled = (metric: string) => metric === "a, b=c";
    const line = String.raw`a\,\ b=c,project_name=x,odd\ na\=me\,=1 value=1 ${nowNs}`;
    expect(decodeLineProtocol(encodeUtf8(line), { ...context, isBilled }).measurements).toEqual([
      measurement({ metric: "a, b=c", projectName: "x", value: "1" }),
    ]);
  });
});

test.each([
  ["us", `${nowMs}999`, nowMs],
  ["ms", `${nowMs}`, nowMs],
  ["s", `${nowMs / 1_000}`, nowMs],
] as const)("the timestamps may count in %s", (unit, written, timeMs) => {
  const body = encodeUtf8(tagged(credits, `value=12.5 ${written}`));
  expect(decodeLineProtocol(body, context, unit).measurements).toEqual([measurement({ timeMs })]);
});

test("a wrong timestamp is told in the unit that was asked for", () => {
  const body = encodeUtf8(tagged(credits, "value=12.5 1.5"));
  expect(decodeLineProtocol(body, context, "s").faults).toMatchObject([
    {
      code: "time-invalid",
      detail: "write the timestamp in whole seconds since 1970, or name its unit in ?precision=",
    },
  ]);
});

test("measurements with a brace in their name that have no price are dropped like others", () => {
  expect(decode('up{job="x"} value=1\n{a} value=1')).toMatchObject({
    dropped: { unpriced: 2 },
    faults: [],
  });
});

test("comments and empty lines are passed over, lines may end as in Windows", () => {
  const text = `# comment\r\n\r\n  \n${tagged(credits)}\r\n  ${tagged(credits, "value=12.5")}\r\n`;
  expect(decode(text)).toMatchObject({
    measurements: [measurement(), measurement()],
    dropped: {},
    faults: [],
  });
});

test("what has no price and what is not a number is dropped and counted", () => {
  const text = `cpu,host=a usage="x y" 5\nmem used=1i\n${tagged(credits, "value=NaN 5")}`;
  expect(decode(text)).toMatchObject({
    measurements: [],
    dropped: { unpriced: 2, "not-a-number": 1 },
    faults: [],
  });
});

describe("a fault names its line and does not hide the others", () => {
  test.each([
    ["no field", `project_vcpu_usage,${credits}`, "line-invalid"],
    ["no fields of an unpriced line", "hello world", "line-invalid"],
    ["one word", "hello", "line-invalid"],
    ["no name", `,${credits} value=1`, "line-invalid"],
    ["an empty project", tagged("project_name="), "project-missing"],
    ["a tag without an end", "project_vcpu_usage,project_name=", "line-invalid"],
    ["a tag without a name", tagged("=credits"), "line-invalid"],
    ["a tag without an equals sign", tagged("project_name"), "line-invalid"],
    ["a tag twice", tagged(`${credits},${credits}`), "labels-invalid"],
    ["a field without a value", tagged(credits, `value= ${nowNs}`), "line-invalid"],
    ["a field without a name", tagged(credits, `=1 ${nowNs}`), "line-invalid"],
    ["a comma too many", tagged(credits, `value=1, ${nowNs}`), "line-invalid"],
    ["text that does not close", tagged(credits, `note="a,value=1 ${nowNs}`), "line-invalid"],
    ["something after text", tagged(credits, `note="a"b,value=1 ${nowNs}`), "line-invalid"],
    [
      "something after the last text",
      tagged(credits, `value=1,note="a"b ${nowNs}`),
      "line-invalid",
    ],
    ["something after the time", tagged(credits, `value=1 ${nowNs} 5`), "line-invalid"],
    ["the field `value` twice", tagged(credits, `value=1,value=2 ${nowNs}`), "line-invalid"],
    ["no field `value`", tagged(credits, `used=1 ${nowNs}`), "value-invalid"],
    ["a text as the value", tagged(credits, `value="1" ${nowNs}`), "value-invalid"],
    ["a truth as the value", tagged(credits, `value=t ${nowNs}`), "value-invalid"],
    ["an integer with a point", tagged(credits, `value=1.5i ${nowNs}`), "value-invalid"],
    ["a negative value", tagged(credits, `value=-1i ${nowNs}`), "value-negative"],
    ["a large value", tagged(credits, `value=1000000000000000u ${nowNs}`), "value-too-large"],
    [
      "a line of a page of text exposition",
      'project_vcpu_usage{project_name="a",location="b c"} 1',
      "line-invalid",
    ],
    ["no project", tagged("location=b"), "project-missing"],
    ["a control character", tagged("project_name=a\tb"), "project-invalid"],
    ["seconds", tagged(credits, `value=1 ${nowMs / 1000}`), "time-too-old"],
    ["a time before 1970", tagged(credits, "value=1 -1"), "time-too-old"],
    ["a time with a point", tagged(credits, `value=1 ${nowMs}.5`), "time-invalid"],
    ["a time to come", tagged(credits, `value=1 ${nowMs + 600_001}000000`), "time-too-new"],
  ])("%s", (_, text, code) => {
    expect(decode(`cpu value=1\n${text}\n${tagged(credits)}\n`)).toMatchObject({
      measurements: [measurement()],
      faults: [{ at: "line 2", code }],
    });
  });

  test("a line without a value does not take that of the line before", () => {
    const text = `${tagged(credits)}\n${tagged(credits, `used=1 ${nowNs}`)}`;
    expect(decode(text)).toMatchObject({
      measurements: [measurement()],
      faults: [{ at: "line 2", code: "value-invalid" }],
    });
  });

  test("bytes that are not UTF-8 refuse the whole body", () => {
    expect(() => decodeLineProtocol(Buffer.from([0x61, 0xff]), context)).toThrow(
      expect.objectContaining({ code: "text-invalid" }),
    );
  });
});
