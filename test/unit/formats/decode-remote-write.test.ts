import { describe, expect, test } from "@jest/globals";
import { decodeRemoteWrite1 } from "../../../lib/formats/decode-remote-write-1.ts";
import { decodeRemoteWrite2 } from "../../../lib/formats/decode-remote-write-2.ts";
import { context, encodeUtf8, limits, measurement, nowMs } from "./decode-context.ts";
import {
  compressSnappy,
  encodeRemoteWrite1,
  encodeRemoteWrite2,
  type Label,
  type Series,
  staleMarker,
} from "./remote-write-body.ts";

const name: Label = ["__name__", "project_vcpu_usage"];
const project: Label = ["project_name", "credits"];
const sound: Series = { labels: [name, project], samples: [[12.5, nowMs]] };
const unpriced: Series = { labels: [["__name__", "up"]], samples: [[1, nowMs]] };

const versions = [
  {
    version: "1.0",
    decode: (...series: readonly Series[]) =>
      decodeRemoteWrite1(encodeRemoteWrite1(series), context, limits),
  },
  {
    version: "2.0",
    decode: (...series: readonly Series[]) =>
      decodeRemoteWrite2(encodeRemoteWrite2(series), context, limits),
  },
];

const counts = (samples: number, histograms = 0, exemplars = 0) => ({
  samples,
  histograms,
  exemplars,
});

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
      faults: [],
      faultCount: 0,
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

  describe("labels that break the specification refuse their series only", () => {
    const utf8 = new Uint8Array([0x61, 0xff]);

    test.each<readonly [string, readonly Label[], string]>([
      ["no name", [project], "labels-invalid"],
      ["an empty name", [["__name__", ""], project], "labels-invalid"],
      ["no label at all", [], "labels-invalid"],
      ["a name that is not UTF-8", [["__name__", utf8], project], "labels-invalid"],
      ["a label twice", [name, project, project], "labels-invalid"],
      ["a label twice, but not in a row", [project, name, project], "labels-invalid"],
      [
        "two names, of which one has no price",
        [name, ["__name__", "up"], project],
        "labels-invalid",
      ],
      ["an empty label name", [["", "x"], name, project], "labels-invalid"],
      ["an empty label value", [name, ["job", ""], project], "labels-invalid"],
      ["an empty project", [name, ["project_name", ""]], "labels-invalid"],
      ["no project", [name], "project-missing"],
      ["a project that is not UTF-8", [name, ["project_name", utf8]], "labels-invalid"],
      ["a project with NUL", [name, ["project_name", "a\0b"]], "project-invalid"],
      ["a project that is too long", [name, ["project_name", "x".repeat(257)]], "project-invalid"],
      ["a site that is too long", [name, ["location", "x".repeat(257)], project], "site-invalid"],
      ["a resource with a line feed", [name, ["project_id", "\n"], project], "resource-invalid"],
    ])("%s", (_, labels, code) => {
      const broken: Series = {
        labels,
        samples: [
          [1, nowMs],
          [2, nowMs],
        ],
        exemplars: 1,
      };
      expect(decode(sound, broken, sound)).toMatchObject({
        measurements: [measurement(), measurement()],
        faults: [{ at: "timeseries 1", code }],
        written: counts(2),
      });
    });

    test.each<readonly [string, readonly Label[]]>([
      ["sorted by bytes", [["Zone", "a"], name, ["a", "b"], ["aa", "b"], project, ["über", "a"]]],
      ["in reverse", [project, ["instance", "a"], name]],
      ["in another order than those before", [["job", "x"], project, ["a", "b"], name]],
    ])("labels may come %s", (_, labels) => {
      expect(decode(sound, { ...sound, labels }, sound)).toMatchObject({
        measurements: [measurement(), measurement(), measurement()],
        faults: [],
      });
    });

    test("what is twice is noticed in every series, also after very many names of labels", () => {
      const series = Array.from({ length: 5_000 }, (_, index) => [
        { ...sound, labels: [name, project, [`label${index}`, "x"]] as const },
        { ...sound, labels: [name, project, project] },
      ]).flat();
      const { measurements, faultCount } = decode(...series);
      expect([measurements.length, faultCount]).toEqual([5_000, 5_000]);
    });

    test("other labels of a billed series need not be text", () => {
      const labels: Label[] = [name, ["job", utf8], project];
      expect(decode({ ...sound, labels })).toMatchObject({
        measurements: [measurement()],
        faults: [],
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

describe("remote write 1.0", () => {
  const decode = (message: Uint8Array) =>
    decodeRemoteWrite1(compressSnappy(message), context, limits);

  test("metadata is accepted and ignored", () => {
    const body = encodeRemoteWrite1([], 2);
    expect(decodeRemoteWrite1(body, context, limits)).toMatchObject({ faults: [], dropped: {} });
  });

  test("fields that are not known are skipped, samples may come before labels", () => {
    const label = (key: string, value: string) => field(1, field(1, key), field(2, value));
    const sample = field(2, [0x09], float64(12.5), [0x10], varint(nowMs), field(9, "new"));
    const series = field(
      1,
      sample,
      field(15, "new"),
      label(...(name as [string, string])),
      label("project_name", "credits"),
    );
    expect(
      decode(Buffer.concat([field(2000, "new"), series, [0x10, 0x01]].map(Buffer.from))),
    ).toMatchObject({
      measurements: [measurement()],
      faults: [],
    });
  });

  test("a value or a time that is not there is zero, not that of the sample before", () => {
    const whole = [...[0x09], ...float64(12.5), ...[0x10], ...varint(nowMs)];
    const untimed = [0x09, ...float64(12.5)];
    const series = Buffer.concat([
      sampleOf(whole),
      field(2, [0x10, ...varint(nowMs)]),
      field(2, untimed),
    ]);
    expect(decode(field(1, series))).toMatchObject({
      measurements: [measurement(), measurement({ value: "0" })],
      faults: [{ at: "timeseries 0 sample 2", code: "time-too-old" }],
    });
  });

  test.each([
    ["a message that ends early", field(1, "abc").subarray(0, 3)],
    ["a label beyond its series", field(1, [0x0a, 0x05, 0x0a])],
    ["a field number of zero", [0x00]],
    ["a wire type that does not exist", [0x0f]],
    ["a series that is a number", [0x08, 0x05]],
    ["a sample's value that is a varint", field(1, sampleOf([0x08, 0x05]))],
    ["a sample's time that is a text", field(1, sampleOf([0x12, 0x00]))],
    ["groups in groups without end", new Uint8Array(5_000).fill(0x1b)],
    ["a length of four gigabytes", [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ["a request of version 2.0", field(5, "")],
  ])("%s refuses the whole body", (_, message) => {
    expect(() => decode(Uint8Array.from(message))).toThrow(
      expect.objectContaining({ code: "protobuf-invalid" }),
    );
  });
});

describe("remote write 2.0", () => {
  const decode = (...parameters: Parameters<typeof encodeRemoteWrite2>) =>
    decodeRemoteWrite2(encodeRemoteWrite2(...parameters), context, limits);

  test("references may be unpacked, and symbols may come after the series", () => {
    const sample = field(2, [0x09], float64(12.5), [0x10], varint(nowMs));
    const series = field(5, [0x08, 0x01, 0x08, 0x02], sample, [0x08, 0x03, 0x08, 0x04]);
    const symbols = ["", ...name, ...project].map((text) => field(4, text as string));
    const body = compressSnappy(Buffer.concat([series, ...symbols]));
    expect(decodeRemoteWrite2(body, context, limits)).toMatchObject({
      measurements: [measurement()],
      faults: [],
    });
  });

  test.each([
    ["beyond the table", [1, 2, 3, 5], "symbol-invalid"],
    ["far beyond the table", [1, 2, 3, 0xffff_ffff], "symbol-invalid"],
    ["of a name beyond the table", [9, 2, 3, 4], "symbol-invalid"],
    ["in odd number", [1, 2, 3, 4, 1], "labels-invalid"],
    ["of which there are none", [], "labels-invalid"],
  ])("references %s are a fault", (_, refs, code) => {
    expect(
      decode([sound], {
        refs,
        symbols: ["", ...name, ...project].map((text) => encodeUtf8(text as string)),
      }),
    ).toMatchObject({
      measurements: [],
      faults: [{ at: "timeseries 0", code }],
      written: counts(0),
    });
  });

  test.each([
    ["no symbols", []],
    ["symbols that do not begin with the empty one", [encodeUtf8("__name__")]],
  ])("%s refuse the whole body", (_, symbols) => {
    expect(() => decode([sound], { symbols })).toThrow(
      expect.objectContaining({ code: "symbol-invalid" }),
    );
  });

  test("a reference that ends beyond its field refuses the whole body", () => {
    const body = compressSnappy(Buffer.concat([field(4, ""), field(5, field(1, [0x80]), [0x01])]));
    expect(() => decodeRemoteWrite2(body, context, limits)).toThrow(
      expect.objectContaining({ code: "protobuf-invalid" }),
    );
  });

  test("a request of version 1.0 is refused, not read as an empty one", () => {
    expect(() => decodeRemoteWrite2(encodeRemoteWrite1([sound]), context, limits)).toThrow(
      expect.objectContaining({ code: "protobuf-invalid" }),
    );
  });
});

describe("the compressed body", () => {
  test("that declares more than the limit is refused before it is inflated", () => {
    const body = encodeRemoteWrite1([sound]);
    expect(() => decodeRemoteWrite1(body, context, { uncompressedBytesMax: 20 })).toThrow(
      expect.objectContaining({ code: "body-too-large" }),
    );
  });

  test("that is no Snappy is refused", () => {
    expect(() => decodeRemoteWrite1(new Uint8Array(), context, limits)).toThrow(
      expect.objectContaining({ code: "compression-invalid" }),
    );
  });
});

/** One field of wire type 2, its content given in pieces. */
function field(number: number, ...content: (string | Iterable<number>)[]): Uint8Array {
  const pieces = content.map((piece) =>
    typeof piece === "string" ? Buffer.from(piece) : Buffer.from([...piece]),
  );
  const bytes = Buffer.concat(pieces);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes].map(Buffer.from));
}

/** A series that is billed, with a sample of this content. */
function sampleOf(content: Iterable<number>): Uint8Array {
  const labels = [name, project].map(([key, value]) =>
    field(1, field(1, key as string), field(2, value as string)),
  );
  return Buffer.concat([...labels, field(2, content)]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

function float64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}
