import { describe, expect, test } from "@jest/globals";
import type { DecodedRemoteWrite } from "../../../lib/formats/decoded.ts";
import { decodeRemoteWrite1 } from "../../../lib/formats/remote-write/decode-remote-write-1.ts";
import { decodeRemoteWrite2 } from "../../../lib/formats/remote-write/decode-remote-write-2.ts";
import { decodeExposition } from "../../../lib/formats/text/decode-exposition.ts";
import {
  context,
  inflatedBytesMax,
  measurement,
  nowMs,
} from "../../support/formats/decode-context.ts";
import { type RecordedSample, readData, readRecording } from "../../support/formats/recordings.ts";

const isBilled = ({ labels }: RecordedSample) => context.isBilled(labels["__name__"] ?? "");

/** A recorded sample as far as the bill needs it, its value as a float64 in its shortest plain notation. */
const toMeasurement = ({ labels, timeMs, value }: RecordedSample) =>
  measurement({
    projectName: labels["project_name"] ?? "",
    metric: labels["__name__"] ?? "",
    site: labels["location_id"] ?? "",
    resource: labels["project_id"] ?? "",
    timeMs,
    value: value.includes("e") ? Number(value).toFixed(20).replace(/0+$/, "") : value,
  });

const withoutZeros = (counts: Record<string, number>) =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

const expectRecorded = (decoded: DecodedRemoteWrite, samples: readonly RecordedSample[]) => {
  const billed = samples.filter(isBilled);
  expect(decoded.measurements).toEqual(billed.filter(({ stale }) => !stale).map(toMeasurement));
  expect(decoded.dropped).toEqual(
    withoutZeros({
      unpriced: samples.length - billed.length,
      stale: billed.filter(({ stale }) => stale).length,
    }),
  );
  expect(decoded.faults).toEqual([]);
  expect(decoded.written).toEqual({ samples: samples.length, histograms: 0, exemplars: 0 });
};

describe("a request that Prometheus sent decodes to exactly the samples in it", () => {
  test.each(readRecording("remote-write-1.0"))("$name", ({ body, samples }) => {
    expectRecorded(decodeRemoteWrite1(body, context, inflatedBytesMax), samples);
  });

  test.each(readRecording("remote-write-1.0-restart"))("$name", ({ body, samples }) => {
    expectRecorded(decodeRemoteWrite1(body, context, inflatedBytesMax), samples);
  });

  test.each(readRecording("remote-write-2.0"))("$name", ({ body, samples }) => {
    expectRecorded(decodeRemoteWrite2(body, context, inflatedBytesMax), samples);
  });

  test("the recordings hold what these tests are about", () => {
    const all = ["remote-write-1.0", "remote-write-1.0-restart", "remote-write-2.0"]
      .flatMap(readRecording)
      .flatMap(({ samples }) => samples);
    expect(all.filter(isBilled).length).toBeGreaterThan(300);
    expect(all.filter((sample) => sample.stale && isBilled(sample)).length).toBeGreaterThan(0);
    expect(all.filter(({ labels }) => /["ë]/.test(labels["project_name"] ?? ""))).not.toEqual([]);
  });
});

describe("the large requests of both versions decode to 2,000 measurements each", () => {
  test.each([
    ["large/rw1-1.bin", decodeRemoteWrite1],
    ["large/rw1-2.bin", decodeRemoteWrite1],
    ["large/rw2-1.bin", decodeRemoteWrite2],
    ["large/rw2-2.bin", decodeRemoteWrite2],
  ])("%s", (path, decode) => {
    const decoded = decode(readData(path), context, inflatedBytesMax);
    expect(decoded.measurements).toHaveLength(2_000);
    expect(new Set(decoded.measurements.map(({ projectName }) => projectName)).size).toBe(1_000);
    expect({ dropped: decoded.dropped, faults: decoded.faults }).toEqual({
      dropped: {},
      faults: [],
    });
  });
});

describe("a page of an exporter decodes to its priced lines, stamped with the one instant", () => {
  const sampleLine = /^(project_\w+_usage)\{.*project_id="(.*?)",project_name="(.*)"\} (\S+)$/gm;

  test.each([
    ...["bielefeld", "giessen"].flatMap((site) =>
      [1, 2, 3].map((page) => `exposition/${site}-${page}.txt`),
    ),
    "large/page.txt",
  ])("%s", (path) => {
    const page = readData(path);
    const lines = [...page.toString().matchAll(sampleLine)];
    const decoded = decodeExposition(page, context, "prometheus");
    expect(lines.length).toBeGreaterThanOrEqual(4);
    expect(decoded.measurements).toEqual(
      lines.map(([, metric = "", resource = "", name = "", value = ""]) =>
        measurement({
          projectName: name.replaceAll('\\"', '"'),
          metric,
          resource,
          timeMs: nowMs,
          value: value.replace(/\.0$/, ""),
        }),
      ),
    );
    expect(decoded.dropped.unpriced).toBe(page.toString().match(/^(?!#|project_).+$/gm)?.length);
    expect(decoded.faults).toEqual([]);
  });
});
