import { describe, expect, test } from "@jest/globals";
import { measurement, nowMs } from "../../../support/formats/decode-context.ts";
import { credits, decode, decodeOpenMetrics, line } from "./exposition-page.ts";

describe("a line that is billed", () => {
  test("gives a measurement at the one instant, and names its metric as untimed", () => {
    expect(decode(line(credits))).toEqual({
      measurements: [measurement()],
      dropped: {},
      hints: [],
      faults: [],
      faultCount: 0,
      isCut: false,
      untimedMetrics: ["project_vcpu_usage"],
    });
  });

  test("with a timestamp has its own time, and nothing is untimed", () => {
    const decoded = decode(line(credits, `12.5 ${nowMs - 5_000}`));
    expect(decoded.measurements).toEqual([measurement({ timeMs: nowMs - 5_000 })]);
    expect(decoded.untimedMetrics).toEqual([]);
  });

  test.each([
    ["location_id before location", `location="b",location_id="8676",${credits}`, "8676", ""],
    ["location where there is no location_id", `location="b",${credits}`, "b", ""],
    ["location where location_id is empty", `location="b",location_id="",${credits}`, "b", ""],
    ["project_id as the resource", `project_id="42",${credits}`, "", "42"],
    ["no other label", `job="x",instance="y:1",domain_id="z",${credits}`, "", ""],
  ])("takes %s", (_, labels, site, resource) => {
    expect(decode(line(labels)).measurements).toEqual([measurement({ site, resource })]);
  });

  test.each([
    ["a trailing comma", `project_vcpu_usage{${credits},} 12.5`],
    ["blanks and tabs", ` \tproject_vcpu_usage { project_name = "credits" , } \t12.5 \t`],
    ["no blank before the value", `project_vcpu_usage{${credits}}12.5`],
    ["the end of line of Windows", `project_vcpu_usage{${credits}} 12.5\r`],
    ["the name in quotes", `{"project_vcpu_usage",${credits}} 12.5`],
    ["the name in quotes, last", `{ ${credits}, "project_vcpu_usage" } 12.5`],
    ["a label's name in quotes", `project_vcpu_usage{"project_name"="credits"} 12.5`],
  ])("may have %s", (_, text) => {
    expect(decode(`${text}\n`)).toMatchObject({ measurements: [measurement()], faults: [] });
  });
});

describe("escapes in a label's value", () => {
  test.each([
    [String.raw`Zoë's \"plant\" genomes, part 2`, `Zoë's "plant" genomes, part 2`],
    [String.raw`C:\\DIR\\n`, String.raw`C:\DIR\n`],
    [String.raw`ends with \\`, "ends with \\"],
    [String.raw`\a stays`, String.raw`\a stays`],
    [`braces } and { = , #`, "braces } and { = , #"],
  ])("%s", (written, projectName) => {
    expect(decode(line(`project_name="${written}",job="x"`)).measurements).toEqual([
      measurement({ projectName }),
    ]);
  });

  test("a line feed is undone, and then refused as a control character", () => {
    expect(decode(line(String.raw`project_name="a\nb"`)).faults).toMatchObject([
      { at: "line 1", code: "project-invalid" },
    ]);
  });
});

describe("a value as Go's ParseFloat takes it", () => {
  test.each([
    ["1.79e+08", "179000000"],
    ["1838.0", "1838"],
    ["+5", "5"],
    ["-0.0", "0"],
    [".5", "0.5"],
    ["5.", "5"],
    ["007", "7"],
    ["1e-06", "0.000001"],
    ["12345678901.12345678901234567", "12345678901.12345678901234567"],
    ["0x1p-2", "0.25"],
    ["0X1.999999999999ap-4", "0.1"],
    ["0x.8p1", "1"],
    ["0x0p0", "0"],
  ])("%s is %s", (written, value) => {
    expect(decode(line(credits, written)).measurements).toEqual([measurement({ value })]);
  });

  test.each(["NaN", "nan", "NAN"])("%s is dropped and counted", (written) => {
    expect(decode(line(credits, written))).toMatchObject({
      measurements: [],
      dropped: { "not-a-number": 1 },
      faults: [],
    });
  });

  test.each([
    ["+Inf", "value-infinite"],
    ["-Inf", "value-infinite"],
    ["infinity", "value-infinite"],
    ["-1", "value-negative"],
    ["-0x1p3", "value-negative"],
    ["1e15", "value-too-large"],
    ["1e999999999999999", "value-too-large"],
    ["0x1p60", "value-too-large"],
    ["1e-31", "value-too-precise"],
    ["0x1p-200", "value-too-precise"],
    ["0x.p1", "value-invalid"],
    ["0x1", "value-invalid"],
    ["1_000", "value-invalid"],
    ["1,5", "value-invalid"],
    ["true", "value-invalid"],
  ])("%s is %s", (written, code) => {
    expect(decode(line(credits, written))).toMatchObject({
      measurements: [],
      faults: [{ at: "line 1", code }],
    });
  });
});

describe("a timestamp", () => {
  test.each([
    ["1795435200000", 1_795_435_200_000],
    ["+1795435200000", 1_795_435_200_000],
  ])("of text exposition is milliseconds: %s", (written, timeMs) => {
    expect(decode(line(credits, `1 ${written}`)).measurements[0]?.timeMs).toBe(timeMs);
  });

  test.each([
    ["1795435200", 1_795_435_200_000],
    ["1795435200.0019999", 1_795_435_200_001],
    ["1.7954352001239e9", 1_795_435_200_123],
    ["1795435200.", 1_795_435_200_000],
  ])("of OpenMetrics is seconds, floored to milliseconds: %s", (written, timeMs) => {
    expect(decodeOpenMetrics(line(credits, `1 ${written}`)).measurements[0]?.timeMs).toBe(timeMs);
  });

  test.each([
    ["prometheus", "1795435200000.5", "time-invalid"],
    ["prometheus", "-3982045", "time-too-old"],
    ["prometheus", "17954352000000", "time-too-new"],
    ["prometheus", "99999999999999999999", "time-invalid"],
    ["openmetrics", "1795435200000", "time-too-new"],
    ["openmetrics", "-.0001", "time-too-old"],
    ["openmetrics", "1e999", "time-too-new"],
    ["openmetrics", "NaN", "time-invalid"],
  ] as const)("%s %s is %s", (dialect, written, code) => {
    const page = line(credits, `1 ${written}`);
    const decoded = dialect === "prometheus" ? decode(page) : decodeOpenMetrics(page);
    expect(decoded).toMatchObject({ measurements: [], faults: [{ at: "line 1", code }] });
  });
});

describe("what is not billed is passed over", () => {
  test("comments, metadata and empty lines", () => {
    const page = `# HELP project_vcpu_usage Total {usage}\n# TYPE project_vcpu_usage gauge\n\n  \n#\n  # x\n# EOF\n`;
    expect(decode(page + line(credits))).toMatchObject({
      measurements: [measurement()],
      dropped: {},
    });
  });

  test("lines of metrics without a price are counted", () => {
    const page = `up 1\nfoo{a="}"} 5\nfoo{a="b"} NaN\n{"a.b",c="d"} 5\nproject_vcpu_usage_total{} 1\n`;
    expect(decode(page)).toMatchObject({ measurements: [], dropped: { unpriced: 5 }, faults: [] });
  });

  test("an OpenMetrics exemplar", () => {
    const rest = `12.5 # {trace_id="a\u2028b"} 0.5 1795435200.1`;
    const timed = `12.5 ${nowMs / 1000} # {} 1`;
    expect(decodeOpenMetrics(line(credits, rest) + line(credits, timed))).toMatchObject({
      measurements: [measurement(), measurement()],
      faults: [],
    });
  });
});
