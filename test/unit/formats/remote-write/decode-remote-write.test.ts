import { describe, expect, test } from "@jest/globals";
import { decodeRemoteWrite1 } from "../../../../lib/formats/remote-write/decode-remote-write-1.ts";
import {
  context,
  inflatedBytesMax,
  measurement,
  nowMs,
} from "../../../support/formats/decode-context.ts";
import {
  encodeRemoteWrite1,
  type Label,
  type Series,
  staleMarker,
} from "../../../support/formats/remote-write-body.ts";
import { counts, name, project, sound, versions } from "./remote-write-series.ts";

const unpriced: Series = { labels: [["__name__", "up"]], samples: [[1, nowMs]] };

describe.each(versions)("remote write $version", ({ decode }) => {
  test("gives every sample of a billed series, in order", () => {
    const series: Series = {
      labels: [
        name,
        ["job", "x"],
        ["location", "bielefeld"],
        ["location_id", "8676"],
        ["project_id", "42"],
        project,
      ],
      samples: [
        [0.1, nowMs - 15_000],
        [0.30000000000000004, nowMs],
      ],
    };
    const expected = { site: "8676", resource: "42" };
    expect(decode(series, sound)).toEqual({
      measurements: [
        measurement({ ...expected, value: "0.1", timeMs: nowMs - 15_000 }),
        measurement({ ...expected, value: "0.30000000000000004" }),
        measurement(),
      ],
      dropped: {},
      hints: [],
      faults: [],
      faultCount: 0,
      isCut: false,
      untimedMetrics: [],
      written: counts(3),
    });
  });

  test("an empty request is a success, and so is a series without samples", () => {
    expect(decode()).toMatchObject({ measurements: [], faults: [], written: counts(0) });
    const bare: Series = { labels: [name, project], exemplars: 1 };
    expect(decode(bare)).toMatchObject({ measurements: [], faults: [], written: counts(0, 0, 1) });
  });

  test("the labels of one series do not leak into the next", () => {
    const first: Series = {
      ...sound,
      labels: [name, ["location", "b"], ["project_id", "1"], project],
    };
    expect(decode(first, sound, { ...sound, labels: [name] })).toMatchObject({
      measurements: [measurement({ site: "b", resource: "1" }), measurement()],
      faults: [{ at: "timeseries 2", code: "project-missing" }],
    });
  });

  test.each([
    [0, "0"],
    [-0, "0"],
    [5e-7, "0.0000005"],
    [1e-20, "0.00000000000000000001"],
    [1 / 3, "0.3333333333333333"],
    [123456789.123, "123456789.123"],
    [999999999999999.9, "999999999999999.9"],
  ])("the float64 %d is %s", (value, text) => {
    expect(decode({ ...sound, samples: [[value, nowMs]] }).measurements).toEqual([
      measurement({ value: text }),
    ]);
  });

  describe("what is no measurement is dropped, counted and reported as written", () => {
    test.each([
      ["a stale marker", staleMarker, "stale"],
      ["another NaN", Number.NaN, "not-a-number"],
    ])("%s", (_, value, reason) => {
      const series: Series = {
        ...sound,
        samples: [
          [12.5, nowMs],
          [value, 5],
        ],
      };
      expect(decode(series)).toMatchObject({
        measurements: [measurement()],
        dropped: { [reason]: 1 },
        faults: [],
        written: counts(2),
      });
    });

    test("series without a price, whatever else is in them", () => {
      const odd: Series = {
        labels: [
          ["zone", "a"],
          ["__name__", "up"],
          ["empty", ""],
          ["a", new Uint8Array([0xff])],
        ],
        samples: [
          [-1, 5],
          [Number.POSITIVE_INFINITY, nowMs * 9],
        ],
        histograms: 3,
        exemplars: 2,
      };
      expect(decode(odd, unpriced)).toMatchObject({
        measurements: [],
        dropped: { unpriced: 3, histogram: 3 },
        faults: [],
        written: counts(3, 3, 2),
      });
    });

    test("exemplars of a billed series", () => {
      expect(decode({ ...sound, exemplars: 2 })).toMatchObject({
        measurements: [measurement()],
        faults: [],
        written: counts(1, 0, 2),
      });
    });
  });

  describe("a sample that cannot be billed is a fault, its neighbours are kept", () => {
    test.each([
      ["a negative value", -1, nowMs, "value-negative"],
      ["infinity", Number.POSITIVE_INFINITY, nowMs, "value-infinite"],
      ["minus infinity", Number.NEGATIVE_INFINITY, nowMs, "value-infinite"],
      ["a large value", 1e15, nowMs, "value-too-large"],
      ["the largest value", Number.MAX_VALUE, nowMs, "value-too-large"],
      ["a tiny value", Number.MIN_VALUE, nowMs, "value-too-precise"],
      ["a time before the limit", 1, context.oldestMs - 1, "time-too-old"],
      ["a time in seconds", 1, Math.floor(nowMs / 1000), "time-too-old"],
      ["a time before 1970", 1, -1, "time-too-old"],
      ["the earliest time there is", 1, -(2 ** 63), "time-too-old"],
      ["a time after the limit", 1, context.newestMs + 1, "time-too-new"],
      ["a time in nanoseconds", 1, nowMs * 1e6, "time-too-new"],
    ])("%s", (_, value, timeMs, code) => {
      const samples = [
        [12.5, nowMs],
        [value, timeMs],
        [12.5, nowMs],
      ] as const;
      expect(decode(unpriced, { ...sound, samples })).toMatchObject({
        measurements: [measurement(), measurement()],
        faults: [{ at: "timeseries 1 sample 1", code }],
        written: counts(3),
      });
    });
  });

  test("names with umlauts and beyond are kept byte for byte", () => {
    const projectName = 'Zoë\'s "plant" 🧬, \uFEFFpart 2 ';
    const labels: Label[] = [name, ["project_name", projectName]];
    expect(decode({ ...sound, labels }).measurements).toEqual([measurement({ projectName })]);
  });

  test("a histogram of a billed metric is a fault, its samples are kept", () => {
    expect(decode({ ...sound, histograms: 2 })).toMatchObject({
      measurements: [measurement()],
      faults: [{ at: "timeseries 0", code: "histogram-billed" }],
      written: counts(1),
    });
  });
});

describe("the compressed body", () => {
  test("that declares more than the limit is refused before it is inflated", () => {
    const body = encodeRemoteWrite1([sound]);
    expect(() => decodeRemoteWrite1(body, context, 20)).toThrow(
      expect.objectContaining({ code: "body-too-large" }),
    );
  });

  test("that is no Snappy is refused", () => {
    expect(() => decodeRemoteWrite1(new Uint8Array(), context, inflatedBytesMax)).toThrow(
      expect.objectContaining({ code: "compression-invalid" }),
    );
  });
});
