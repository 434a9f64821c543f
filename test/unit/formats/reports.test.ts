import { describe, expect, test } from "@jest/globals";
import { hourMs } from "../../../lib/billing/time.ts";
import { decodeJson } from "../../../lib/formats/decode-json.ts";
import { decodeRemoteWrite1 } from "../../../lib/formats/remote-write/decode-remote-write-1.ts";
import { decodeExposition } from "../../../lib/formats/text/decode-exposition.ts";
import * as decodeContext from "../../support/formats/decode-context.ts";
import { inflatedBytesMax, measurement } from "../../support/formats/decode-context.ts";
import { readData } from "../../support/formats/recordings.ts";

// Bodies made after public reports of what exporters, receivers and their senders do.

const beginMs = Date.UTC(2026, 10, 25, 10);
const nowMs = beginMs + 2 * hourMs;
const context = { ...decodeContext.context, untimedMs: nowMs, newestMs: nowMs };
const report = (name: string) => readData(`reports/${name}`);
const remoteWrite = (name: string) => decodeRemoteWrite1(report(name), context, inflatedBytesMax);

test("a label with an empty value is no label", () => {
  const sent = { projectName: "empty-label", site: "8676" };
  const neighbour = { projectName: "empty-label-neighbour" };
  expect(remoteWrite("02-empty-label.rw1")).toMatchObject({
    measurements: [
      measurement({ ...sent, timeMs: beginMs, value: "100" }),
      measurement({ ...sent, timeMs: beginMs + hourMs, value: "108" }),
      measurement({ ...neighbour, timeMs: beginMs, value: "1" }),
      measurement({ ...neighbour, timeMs: beginMs + hourMs, value: "2" }),
    ],
    faults: [],
  });
});

test("a carriage return in OpenMetrics is named, and its line", () => {
  const detail =
    "end the line with a line feed alone: OpenMetrics takes no carriage return before it";
  const page = report("06-carriage-return.om");
  expect(decodeExposition(page, context, "openmetrics")).toMatchObject({
    measurements: [],
    faults: [1, 2, 3, 4].map((line) => ({ at: `line ${line}`, code: "line-invalid", detail })),
  });
});

test("a metric to whose name `_total` was added is told from one that nobody bills", () => {
  const page = report("09-total-suffix.om");
  expect(decodeExposition(page, context, "openmetrics")).toMatchObject({
    measurements: [],
    dropped: { unpriced: 2, "unpriced:project_vcpu_usage": 1 },
    hints: [
      "project_vcpu_usage_total has no price here, but project_vcpu_usage has: send it by that name",
    ],
    faults: [],
  });
});

test("a time without seconds is refused for its missing seconds", () => {
  expect(decodeJson(report("14-java-minute.json"), context).faults).toEqual([
    {
      at: "measurements[0].time",
      code: "time-invalid",
      detail: "the seconds are missing: write the time as 2026-11-25T20:00:00Z",
    },
  ]);
});

describe("of two values for one series and time the lower is taken, and the other counted", () => {
  test("in a page without times", () => {
    const page = report("19-same-series-twice.prom");
    expect(decodeExposition(page, context, "prometheus")).toMatchObject({
      measurements: [measurement({ projectName: "dup-page", timeMs: nowMs, value: "20" })],
      dropped: { conflicting: 1 },
      faults: [],
    });
  });

  test("in remote write, whose repetitions and order do not matter", () => {
    const { measurements, dropped, faults } = remoteWrite("23-duplicates-in-one-request.rw1");
    const minutes = measurements.map(({ timeMs, value }) => [(timeMs - beginMs) / 60_000, value]);
    expect({ minutes, dropped, faults }).toEqual({
      minutes: [
        [0, "100"],
        [0, "100"],
        [60, "108"],
        [30, "104"],
        [0, "100"],
      ],
      dropped: { conflicting: 1 },
      faults: [],
    });
  });
});
