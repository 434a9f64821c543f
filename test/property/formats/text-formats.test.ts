import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Measurement } from "../../../lib/billing/measurement.ts";
import { decodeJson } from "../../../lib/formats/decode-json.ts";
import type { Decoded } from "../../../lib/formats/decoded.ts";
import { decodeExposition } from "../../../lib/formats/text/decode-exposition.ts";
import { decodeLineProtocol } from "../../../lib/formats/text/decode-line-protocol.ts";
import { context, encodeUtf8, nowMs } from "../../support/formats/decode-context.ts";
import { readData } from "../../support/formats/recordings.ts";
import { mutatedBytes } from "../../support/mutate-bytes.ts";
import { propertyRuns } from "../../support/properties.ts";
import { expectSound, leastAccepted } from "./accepted.ts";

const expectFuzzed = (
  bodies: readonly Uint8Array[],
  decode: (body: Uint8Array) => Decoded,
  wasSent: (measurement: Measurement, body: string) => boolean,
) => {
  let accepted = 0;
  let tries = 0;
  fc.assert(
    fc.property(mutatedBytes(bodies), (body) => {
      tries += 1;
      const text = Buffer.from(body).toString();
      const decoded = expectSound(
        () => decode(body),
        (measurement) => wasSent(measurement, text),
      );
      accepted += decoded?.measurements.length ?? 0;
    }),
    propertyRuns(2_000),
  );
  expect(accepted).toBeGreaterThanOrEqual(leastAccepted(tries));
};

/** Numerically, which is all that a float64 can tell: the digits are what the unit tests are about. */
const isValue = (text: string, { value }: Measurement) =>
  Number(value) === Number(text.replace(/^\+/, "")) || /^[+-]?0x/i.test(text);

describe("JSON, of whatever bytes", () => {
  const items = ["credits", 'Zoë\'s "plant" genomes, part 2', "\u{1f9ec}"].flatMap((name, at) => [
    { project_name: name, metric: "project_vcpu_usage", value: 1.25e2 + at, time: nowMs - at },
    {
      project_name: name,
      metric: "project_mb_usage",
      value: "0.1250",
      time: new Date(nowMs - 1_000 * at).toISOString(),
      site: "8676",
      resource: "42",
    },
  ]);
  const bodies = [items.slice(0, 1), items].flatMap((measurements) => [
    encodeUtf8(JSON.stringify({ measurements })),
    encodeUtf8(JSON.stringify({ measurements }, undefined, 1)),
  ]);

  test("accepts nothing that the rules forbid or that JSON.parse does not find in it", () => {
    expectFuzzed(
      bodies,
      (body) => decodeJson(body, context),
      (measurement, text) => {
        const { measurements } = JSON.parse(text.replace(/^\uFEFF/, "")) as {
          readonly measurements: readonly Record<string, unknown>[];
        };
        return measurements.some(
          (item) =>
            item["project_name"] === measurement.projectName &&
            item["metric"] === measurement.metric &&
            (item["site"] ?? "") === measurement.site &&
            (item["resource"] ?? "") === measurement.resource &&
            isValue(String(item["value"]), measurement) &&
            Math.floor(new Date(item["time"] as string | number).getTime()) === measurement.timeMs,
        );
      },
    );
  });
});

describe.each(["prometheus", "openmetrics"] as const)(
  "%s exposition, of whatever bytes",
  (dialect) => {
    const timed = [
      `project_vcpu_usage{location_id="8676",project_id="42",project_name="credits"} 1.25e+02`,
      `project_mb_usage {location="b", project_name="a\\\\b \\"c\\""} 0x1p-2`,
      `{"project_vcpu_usage","project_name"="x",} 5.`,
      `up{job="x"} NaN`,
    ].map((line) => `${line} ${dialect === "prometheus" ? nowMs : nowMs / 1_000}\n`);
    const pages = [
      ...["exposition/giessen-1.txt", "exposition/bielefeld-2.txt"].map((path) =>
        readData(path).toString(),
      ),
      timed.join(""),
      `# TYPE project_mb_usage gauge\n${timed.join("\n")}`,
    ];
    const end = dialect === "prometheus" ? "" : "# EOF\n";

    const unescapes: Readonly<Record<string, string>> = { "\\\\": "\\", '\\"': '"', "\\n": "\n" };
    const unescapeText = (text = "") =>
      text.replace(/\\[\\"n]/g, (written) => unescapes[written] ?? "");

    /** The grammar as one expression per line, where the decoder walks. */
    const sample =
      /^[ \t]*([a-zA-Z_:][\w:]*)?[ \t]*\{(.*)\}[ \t]*([^ \t]+)(?:[ \t]+([^ \t]+))?.*$/s;
    const label = /(?:([a-zA-Z_]\w*)|"((?:[^"\\]|\\.)*)")[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"/gs;

    const matches = (line: string, measurement: Measurement) => {
      const [, name, inside = "", value = "", time] = sample.exec(line.replace(/\r$/, "")) ?? [];
      const labels = new Map(
        [...inside.matchAll(label)].map(([, bare, quoted, text]) => [
          bare ?? unescapeText(quoted),
          unescapeText(text),
        ]),
      );
      const seconds = dialect === "prometheus" ? 1 : 1_000;
      return (
        (name ?? inside).includes(measurement.metric) &&
        (labels.get("project_name") ?? "") === measurement.projectName &&
        (labels.get("location_id") || labels.get("location") || "") === measurement.site &&
        (labels.get("project_id") ?? "") === measurement.resource &&
        isValue(value, measurement) &&
        (measurement.timeMs === nowMs || Math.abs(Number(time) * seconds - measurement.timeMs) <= 1)
      );
    };

    test("accepts nothing that the rules forbid or that a regular expression does not find in it", () => {
      expectFuzzed(
        pages.map((page) => encodeUtf8(page + end)),
        (body) => decodeExposition(body, context, dialect),
        (measurement, text) => text.split("\n").some((line) => matches(line, measurement)),
      );
    });
  },
);

describe("line protocol, of whatever bytes", () => {
  const lines = [
    `project_vcpu_usage,location=b,location_id=8676,project_name=credits value=12.5 ${nowMs}000000`,
    String.raw`project_mb_usage,project_id=42,project_name=Zoë's\ plant\,\ part\=2 value=12i`,
    `project_mb_usage,project_name=x other=1,value=0.125,more=t ${nowMs}999999`,
    "cpu,host=a usage=1",
  ];
  const unescapeText = (text = "") => text.replace(/\\([,= ])/g, "$1");

  const matches = (line: string, measurement: Measurement) => {
    const [head = "", ...rest] = line
      .replace(/\r$/, "")
      .trimStart()
      .split(/(?<!\\) +/);
    const [name, ...tags] = head.split(/(?<!\\),/);
    const values = new Map(
      tags
        .map((tag) => tag.split(/(?<!\\)=/))
        .map(([key, ...value]) => [unescapeText(key), unescapeText(value.join("="))]),
    );
    const fields = line.match(/(?<=[ ,]value=)[^ ,]*/g) ?? [];
    return (
      unescapeText(name) === measurement.metric &&
      (values.get("project_name") ?? "") === measurement.projectName &&
      (values.get("location_id") || values.get("location") || "") === measurement.site &&
      (values.get("project_id") ?? "") === measurement.resource &&
      fields.some((field) => isValue(field.replace(/[iu\r]+$/, ""), measurement)) &&
      (measurement.timeMs === nowMs || rest.at(-1)?.includes(String(measurement.timeMs)) === true)
    );
  };

  test("accepts nothing that the rules forbid or that splitting does not find in it", () => {
    expectFuzzed(
      [lines.slice(0, 1), lines, [...lines, ...lines]].map((some) => encodeUtf8(some.join("\n"))),
      (body) => decodeLineProtocol(body, context),
      (measurement, text) => text.split("\n").some((line) => matches(line, measurement)),
    );
  });
});
