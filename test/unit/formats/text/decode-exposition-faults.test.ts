import { describe, expect, test } from "@jest/globals";
import { decodeExposition } from "../../../../lib/formats/text/decode-exposition.ts";
import { context, encodeUtf8, measurement } from "../../../support/formats/decode-context.ts";
import { credits, decode, decodeOpenMetrics, line } from "./exposition-page.ts";

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
    // `curl exporter | curl --data-binary @-` sends this when the exporter is down.
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
