import { describe, expect, test } from "@jest/globals";
import {
  decodeExposition,
  type ExpositionDialect,
} from "../../../lib/formats/decode-exposition.ts";
import { context, encodeUtf8, measurement, nowMs } from "./decode-context.ts";

const decode = (text: string, dialect: ExpositionDialect = "prometheus") =>
  decodeExposition(encodeUtf8(text), context, dialect);

const decodeOpenMetrics = (text: string) => decode(`${text}# EOF\n`, "openmetrics");

/** One line of the billed metric, as both dialects have it. */
const line = (labels: string, rest = "12.5") => `project_vcpu_usage{${labels}} ${rest}\n`;
const credits = 'project_name="credits"';

describe("a line that is billed", () => {
  test("gives a measurement at the one instant, and names its metric as untimed", () => {
    expect(decode(line(credits))).toEqual({
      measurements: [measurement()],
      dropped: {},
      faults: [],
      faultCount: 0,
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

describe("a fault names its line and does not hide the others", () => {
  test.each([
    ["no value", "project_vcpu_usage", "line-invalid"],
    ["too much", line(credits, "1 2 3"), "line-invalid"],
    ["no name", `{${credits}} 5`, "line-invalid"],
    ["two names", `project_vcpu_usage{"up",${credits}} 5`, "line-invalid"],
    ["a label without a value", "project_vcpu_usage{project_name} 5", "line-invalid"],
    ["a label in single quotes", "project_vcpu_usage{project_name='a'} 5", "line-invalid"],
    ["a quote that does not close", 'project_vcpu_usage{project_name="a} 5', "line-invalid"],
    ["an escaped last quote", String.raw`project_vcpu_usage{project_name="a\"} 5`, "line-invalid"],
    ["no comma", `project_vcpu_usage{a="b" ${credits}} 5`, "line-invalid"],
    ["a leading comma", `project_vcpu_usage{,${credits}} 5`, "line-invalid"],
    ["a brace that does not close", `project_vcpu_usage{${credits}`, "line-invalid"],
    ["a label twice", line(`${credits},${credits}`), "labels-invalid"],
    ["an exemplar in text exposition", line(credits, '1 # {a="b"} 1'), "line-invalid"],
    ["no project", line('project_id="1"'), "project-missing"],
    ["an empty project", line('project_name=""'), "project-missing"],
    ["an error page", "<html>", "line-invalid"],
    ["an error text", "Internal Server Error", "value-invalid"],
    ["a byte order mark", `\uFEFFup 1`, "line-invalid"],
  ])("%s", (_, text, code) => {
    const page = `up 1\n${text.trimEnd()}\n${line(credits)}`;
    expect(decode(page)).toMatchObject({
      measurements: [measurement()],
      faults: [{ at: "line 2", code }],
    });
  });

  test("all that is wrong with a line is told at once", () => {
    expect(decode(line("", "-1 5")).faults.map(({ code }) => code)).toEqual([
      "project-missing",
      "value-negative",
      "time-too-old",
    ]);
  });
});

describe("a page that may have been cut off is refused as a whole", () => {
  test.each([
    ["prometheus", line(credits).trimEnd()],
    ["prometheus", `${line(credits)}# EOF`],
    ["openmetrics", line(credits)],
    ["openmetrics", `${line(credits)}# EO`],
    ["openmetrics", `${line(credits)}x# EOF\n`],
    ["openmetrics", `${line(credits)}# EOF\n\n`],
    ["openmetrics", ""],
    // What `curl exporter | curl --data-binary @-` sends when the exporter is down.
    ["prometheus", ""],
  ] as const)("%s %j", (dialect, text) => {
    expect(() => decode(text, dialect)).toThrow(expect.objectContaining({ code: "end-missing" }));
  });

  test.each([
    ["prometheus", "\n"],
    ["openmetrics", "# EOF"],
    ["openmetrics", "# EOF\n"],
  ] as const)("%s %j is a whole page without samples", (dialect, text) => {
    expect(decode(text, dialect)).toMatchObject({ measurements: [], faults: [] });
  });

  test("nothing may follow the end of an OpenMetrics page", () => {
    expect(decodeOpenMetrics(`# EOF\n${line(credits)}`)).toMatchObject({
      measurements: [],
      faults: [
        { at: "line 2", code: "line-invalid" },
        { at: "line 3", code: "line-invalid" },
      ],
    });
  });

  test("an OpenMetrics page has no empty lines", () => {
    expect(decodeOpenMetrics("\n").faults).toMatchObject([{ at: "line 1", code: "line-invalid" }]);
  });

  test("a byte order mark before it is passed over", () => {
    expect(decode(`\uFEFF${line(credits)}`)).toMatchObject({ measurements: [measurement()] });
  });

  test("a label of nothing but escapes takes no time, however long it is", () => {
    const start = process.cpuUsage();
    const page = line(`project_name="${"\\\\".repeat(4_000_000)}"`);
    expect(decode(page).faults).toMatchObject([{ code: "label-too-long" }]);
    expect(process.cpuUsage(start).user).toBeLessThan(1_000_000);
  });

  test("bytes that are not UTF-8", () => {
    const body = Buffer.concat([
      encodeUtf8('up{a="'),
      Buffer.from([0xc3, 0x28]),
      encodeUtf8('"} 1\n'),
    ]);
    expect(() => decodeExposition(body, context, "prometheus")).toThrow(
      expect.objectContaining({ code: "text-invalid" }),
    );
  });
});
