import { describe, expect, test } from "@jest/globals";
import { decodeJson } from "../../../lib/formats/decode-json.ts";
import type { Decoded } from "../../../lib/formats/decoded.ts";
import type { UnixUnit } from "../../../lib/formats/read-time.ts";
import { decodeRemoteWrite1 } from "../../../lib/formats/remote-write/decode-remote-write-1.ts";
import { decodeExposition } from "../../../lib/formats/text/decode-exposition.ts";
import { decodeLineProtocol } from "../../../lib/formats/text/decode-line-protocol.ts";
import {
  context,
  encodeUtf8,
  inflatedBytesMax,
  nowMs,
} from "../../support/formats/decode-context.ts";
import { encodeRemoteWrite1 } from "../../support/formats/remote-write-body.ts";

// A sender whose times count another unit than the format's is told so, and not to set its clock.

const lines = (written: string, unit?: UnixUnit) =>
  decodeLineProtocol(
    encodeUtf8(`project_vcpu_usage,project_name=a value=1 ${written}`),
    context,
    unit,
  );
const json = (written: string) =>
  decodeJson(
    encodeUtf8(
      `{"measurements":[{"project_name":"a","metric":"project_vcpu_usage","value":1,"time":${written}}]}`,
    ),
    context,
  );
const page = (written: string) =>
  decodeExposition(
    encodeUtf8(`project_vcpu_usage{project_name="a"} 1 ${written}\n`),
    context,
    "prometheus",
  );
const openMetrics = (written: string) =>
  decodeExposition(
    encodeUtf8(`project_vcpu_usage{project_name="a"} 1 ${written}\n# EOF\n`),
    context,
    "openmetrics",
  );
const remoteWrite = (timeMs: number) =>
  decodeRemoteWrite1(
    encodeRemoteWrite1([
      {
        labels: [
          ["__name__", "project_vcpu_usage"],
          ["project_name", "a"],
        ],
        samples: [[1, timeMs]],
      },
    ]),
    context,
    inflatedBytesMax,
  );

const seconds = nowMs / 1000;
const detail = ({ measurements, faults }: Decoded) => {
  expect(measurements).toEqual([]);
  expect(faults).toHaveLength(1);
  return `${faults[0]?.code}: ${faults[0]?.detail}`;
};

describe("a number in another unit is refused with what to do:", () => {
  test.each<[string, Decoded, string]>([
    [
      "line protocol in seconds",
      lines(`${seconds}`),
      "time-too-old: the time is read as nanoseconds, so as 1970-01-01T00:00:01.795Z: if it counts seconds, send it with ?precision=s",
    ],
    [
      "line protocol in milliseconds",
      lines(`${nowMs}`),
      "time-too-old: the time is read as nanoseconds, so as 1970-01-01T00:29:55.435Z: if it counts milliseconds, send it with ?precision=ms",
    ],
    [
      "line protocol in microseconds",
      lines(`${nowMs}000`),
      "time-too-old: the time is read as nanoseconds, so as 1970-01-21T18:43:55.200Z: if it counts microseconds, send it with ?precision=us",
    ],
    [
      "line protocol in nanoseconds that said seconds",
      lines(`${nowMs}000000`, "s"),
      "time-too-new: the time is read as seconds, so as Unix time 1.7954352e+21 ms: if it counts nanoseconds, send it with ?precision=ns",
    ],
    [
      "JSON in seconds",
      json(`${seconds}`),
      "time-too-old: the time is read as milliseconds, so as 1970-01-21T18:43:55.200Z: if it counts seconds, send milliseconds",
    ],
    [
      "JSON in seconds with a fraction",
      json(`${seconds}.25`),
      "time-too-old: the time is read as milliseconds, so as 1970-01-21T18:43:55.200Z: if it counts seconds, send milliseconds",
    ],
    [
      "JSON in nanoseconds",
      json(`${nowMs}000000`),
      "time-too-new: the time is read as milliseconds, so as Unix time 1795435200000000000 ms: if it counts nanoseconds, send milliseconds",
    ],
    [
      "JSON in milliseconds within quotes",
      json(`"${nowMs}"`),
      "time-invalid: send RFC 3339 text with Z or an offset, or Unix milliseconds without quotes",
    ],
    [
      "a page in seconds",
      page(`${seconds}`),
      "time-too-old: the time is read as milliseconds, so as 1970-01-21T18:43:55.200Z: if it counts seconds, write milliseconds (a page in seconds is OpenMetrics: send it as application/openmetrics-text)",
    ],
    [
      "a page in seconds with a fraction",
      page(`${seconds}.25`),
      "time-invalid: write the timestamp in whole milliseconds since 1970; a page in seconds is OpenMetrics: send it as application/openmetrics-text",
    ],
    [
      "OpenMetrics in milliseconds",
      openMetrics(`${nowMs}`),
      "time-too-new: the time is read as seconds, so as +058865-01-28T00:00:00.000Z: if it counts milliseconds, write seconds",
    ],
    [
      "remote write in seconds",
      remoteWrite(seconds),
      "time-too-old: the time is read as milliseconds, so as 1970-01-21T18:43:55.200Z: if it counts seconds, send milliseconds",
    ],
  ])("%s", (_, decoded, expected) => {
    expect(detail(decoded)).toBe(expected);
  });
});

describe("a number in the right unit is told of the clock or of the limit:", () => {
  test.each<[string, Decoded, RegExp]>([
    [
      "too old",
      lines(`${context.oldestMs - 1}999999`),
      /^time-too-old: send no samples from before/,
    ],
    [
      "of the year 2000",
      json(String(Date.UTC(2000))),
      /^time-too-old: send no samples from before/,
    ],
    ["too new", lines(`${context.newestMs + 1}000000`), /^time-too-new: set the sender's clock/],
    ["too new for any unit", openMetrics("1e20"), /^time-too-new: set the sender's clock/],
    ["zero", json("0"), /^time-too-old: send no samples/],
    ["negative", lines("-1"), /^time-too-old: send no samples/],
    ["a text", json('"1970-01-21T18:43:55.200Z"'), /^time-too-old: send no samples/],
  ])("%s", (_, decoded, expected) => {
    expect(detail(decoded)).toMatch(expected);
  });
});
