import { describe, expect, jest, test } from "@jest/globals";
import { encodeRemoteWrite1 } from "../../support/formats/remote-write-body.ts";
import {
  billed,
  exemplar,
  minuteMs,
  nowMs,
  remoteWriteHeaders,
  sample,
  unpriced,
  useRemoteWriter,
} from "../../support/prometheus/remote-writer.ts";
import {
  histogram,
  type SentSeries,
  writeRequest,
} from "../../support/prometheus/write-request.ts";

// The demands of prometheus/compliance's receiver tests and of the two specifications on whole requests, in
// tests of our own.

const writer = useRemoteWriter();

const exemplars = [exemplar()];
const histograms = [histogram(nowMs, { positive: true, zero: true })];
const gauge = { type: 2, help: "Memory.", unit: "bytes" };
const times = (count: number, make: (index: number) => SentSeries) =>
  Array.from({ length: count }, (_, index) => make(index));

describe("a request is taken whole and counted where it holds", () => {
  test.each<readonly [string, readonly SentSeries[], readonly number[]]>([
    [
      "samples with metadata and exemplars",
      [{ labels: billed("whole", { job: "a" }), samples: [sample()], exemplars, metadata: gauge }],
      [1, 0, 1],
    ],
    [
      "histograms with metadata and exemplars",
      [{ labels: unpriced({ job: "a" }), histograms, exemplars, metadata: gauge }],
      [0, 1, 1],
    ],
    [
      "several metrics, of which some have exemplars",
      [
        { labels: billed("whole"), samples: [sample(0.85)], exemplars, metadata: gauge },
        { labels: { __name__: "memory" }, samples: [sample(2 ** 33)], metadata: gauge },
      ],
      [2, 0, 1],
    ],
    [
      "several histograms, of which some have exemplars",
      [
        { labels: { __name__: "response_time" }, histograms, exemplars, metadata: gauge },
        { labels: { __name__: "request_size" }, histograms, metadata: gauge },
      ],
      [0, 2, 1],
    ],
    [
      "metrics of several types",
      [
        { labels: billed("whole"), samples: [sample(1_000)], exemplars, metadata: { type: 1 } },
        { labels: unpriced(), samples: [sample(23.5)], metadata: { type: 2 } },
      ],
      [2, 0, 1],
    ],
    [
      "a histogram of one of several types",
      [
        { labels: { __name__: "duration" }, histograms, exemplars, metadata: { type: 3 } },
        { labels: billed("whole"), samples: [sample()], metadata: { type: 2 } },
      ],
      [1, 1, 1],
    ],
    [
      "fifty series with metadata and exemplars",
      times(50, (index) => ({
        labels: billed(`many-${index}`),
        samples: [sample(100 * index)],
        exemplars,
        metadata: { type: 1, help: `Number ${index}.` },
      })),
      [50, 0, 50],
    ],
    [
      "fifty histograms with metadata and exemplars",
      times(50, (index) => ({
        labels: { __name__: `histogram_${index}` },
        histograms,
        exemplars,
        metadata: { type: 3, help: `Number ${index}.` },
      })),
      [0, 50, 50],
    ],
    [
      "special characters wherever there can be some",
      [
        {
          labels: billed('Zoë\'s "plant" 🧬', { job: "a.b@c", environment: "🚀" }),
          samples: [sample(42)],
          exemplars: [exemplar({ trace_id: "äöü-1", span_id: "a.b_c" }, 42)],
          metadata: { type: 2, help: 'äöü\n"quoted"', unit: "a/b" },
        },
      ],
      [1, 0, 1],
    ],
    [
      "a histogram with buckets of its own limits and an exemplar",
      [
        {
          labels: unpriced(),
          histograms: [histogram(nowMs, { customBuckets: true })],
          exemplars,
        },
      ],
      [0, 1, 1],
    ],
    [
      "samples and exemplars of different times",
      [
        {
          labels: billed("times"),
          samples: [sample(1, nowMs - 60 * minuteMs), sample(2)],
          exemplars: [{ ...exemplar(), timeMs: nowMs - 30 * minuteMs }],
        },
        { labels: unpriced(), samples: [sample(3)] },
      ],
      [3, 0, 1],
    ],
    ["nothing", [], [0, 0, 0]],
  ])("%s", async (_, series, written) => {
    expect(await writer.send(...series)).toEqual({ status: 204, body: "", written, codes: [] });
    const billedSamples = series
      .filter(({ labels }) => labels["project_name"] !== undefined)
      .flatMap(({ samples = [] }) => samples);
    expect(await writer.queued()).toHaveLength(billedSamples.length);
  });
});

describe("a request is refused as a whole, and nothing is queued, where", () => {
  const body = () => writeRequest([{ labels: billed("refused"), samples: [sample()] }]);
  const changed = (first: number) => Uint8Array.from(body(), (byte, at) => (at ? byte : first));

  test.each([
    ["JSON", "application/json"],
    ["an image", "image/png"],
    ["another message", "application/x-protobuf;proto=io.prometheus.write.v3.Request"],
  ])("its content type is that of %s", async (_, type) => {
    const reply = await writer.sendBody(body(), { "content-type": type });
    expect(reply).toMatchObject({ status: 415, written: undefined });
    expect(await writer.queued()).toEqual([]);
  });

  test.each(["gzip", "deflate", "zstd", "identity", "snappy, gzip"])(
    "its content encoding is %s",
    async (encoding) => {
      const reply = await writer.sendBody(body(), { "content-encoding": encoding });
      expect(reply).toMatchObject({ status: 415, codes: ["encoding-unsupported"] });
      expect(reply.body).toContain("send snappy");
      expect(await writer.queued()).toEqual([]);
    },
  );

  test.each([
    ["its Snappy is corrupt", changed(0x30), "compression-invalid"],
    ["its length is corrupt", changed(0xff), "compression-invalid"],
    ["it ends early", body().subarray(0, -1), "compression-invalid"],
    ["it is a message of version 1.0", encodeRemoteWrite1([{ labels: [] }]), "protobuf-invalid"],
  ])("%s, which says that nothing was written", async (_, bytes, code) => {
    const reply = await writer.sendBody(bytes);
    expect(reply).toMatchObject({ status: 400, written: [0, 0, 0], codes: [code] });
    expect(await writer.queued()).toEqual([]);
  });
});

test.each([
  ["2.0", remoteWriteHeaders["content-type"], () => writeRequest([{ labels: billed("bare") }])],
  ["1.0", "application/x-protobuf", () => encodeRemoteWrite1([])],
])("a body of %s whose request names no encoding is Snappy", async (_, type, body) => {
  for (const encoding of [{}, { "content-encoding": "" }, { "content-encoding": " Snappy " }]) {
    const headers = { "content-type": type, ...encoding };
    const answer = await writer.functions.receive({ path: "/write", headers, body: body() });
    expect(answer).toMatchObject({ statusCode: 204, body: "" });
  }
});

describe("remote write 1.0", () => {
  const name = (text: string) => ["__name__", text] as const;
  const body = encodeRemoteWrite1([
    { labels: [["job", "a"], name("up")], samples: [[1, nowMs]] },
    { labels: [["project_name", "one"], name("project_vcpu_usage")], samples: [[100, nowMs]] },
  ]);

  test.each(["application/x-protobuf", "application/x-protobuf;proto=prometheus.WriteRequest"])(
    "is taken at the same address as %s",
    async (type) => {
      const headers = { "content-type": type, "x-prometheus-remote-write-version": "0.1.0" };
      expect(await writer.sendBody(body, headers)).toEqual({
        status: 204,
        body: "",
        // Only 2.0 knows the headers that say how much was written.
        written: undefined,
        codes: [],
      });
      expect(await writer.queued()).toMatchObject([{ projectName: "one", value: "100" }]);
    },
  );

  test("is refused where its compression is corrupt", async () => {
    const corrupt = Uint8Array.from(body, (byte, at) => (at ? byte : 0xff));
    const reply = await writer.sendBody(corrupt, { "content-type": "application/x-protobuf" });
    expect(reply).toMatchObject({ status: 400, written: undefined });
    expect(reply.codes).toEqual(["compression-invalid"]);
  });

  test("is told of a sample at fault, and its other samples are taken", async () => {
    const mixed = encodeRemoteWrite1([
      { labels: [["job", "a"]], samples: [[1, nowMs]] },
      { labels: [["project_name", "two"], name("project_vcpu_usage")], samples: [[5, nowMs]] },
    ]);
    const reply = await writer.sendBody(mixed, { "content-type": "application/x-protobuf" });
    expect(reply).toMatchObject({ status: 400, written: undefined, codes: ["labels-invalid"] });
    expect(await writer.queued()).toMatchObject([{ projectName: "two", value: "5" }]);
  });
});

test("a queue that does not answer is a 503, so that the sender comes again, and nothing is said to be written", async () => {
  process.env["MEASUREMENTS_QUEUE_URL"] = `${writer.functions.queues.measurementsUrl}-not-there`;
  jest.resetModules();
  const series = { labels: billed("again"), samples: [sample()] };
  const answer = await writer.send(series, { labels: {}, samples: [sample()] });
  expect(answer).toMatchObject({ status: 503, codes: [] });
  expect(answer.written ?? [0, 0, 0]).toEqual([0, 0, 0]);
});
