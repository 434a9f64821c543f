import { describe, expect, test } from "@jest/globals";
import {
  billed,
  exemplar,
  minuteMs,
  nowMs,
  sample,
  unpriced,
  useRemoteWriter,
} from "../../support/prometheus/remote-writer.ts";
import { histogram, type Labels } from "../../support/prometheus/write-request.ts";

// The demands of prometheus/compliance's receiver tests on exemplars and metadata, and on both beside
// samples and histograms, in tests of our own.

const writer = useRemoteWriter();

const kinds: readonly (readonly [string, (labels: Labels) => Labels])[] = [
  ["a series without a price", unpriced],
  ["a billed series", (labels) => billed("parts", labels)],
];
const startMs = nowMs - 120 * minuteMs;

describe.each(kinds)("an exemplar of %s is counted", (_, labelsOf) => {
  test.each<readonly [string, Labels]>([
    ["a trace", { trace_id: "abc" }],
    ["a trace and a span", { trace_id: "abc", span_id: "def" }],
    ["another label than a trace", { user: "a" }],
    ["several labels", { trace_id: "abc", user: "a", endpoint: "/b" }],
    ["no labels", {}],
    ["punctuation", { trace_id: "a-b_c.d" }],
    ["characters beyond ASCII", { trace_id: "追跡🧬" }],
  ])("with %s", async (_labels, labels) => {
    const series = {
      labels: labelsOf({ region: "🧬" }),
      samples: [sample()],
      exemplars: [exemplar(labels)],
    };
    expect(await writer.send(series)).toEqual({
      status: 204,
      body: "",
      written: [1, 0, 1],
      codes: [],
    });
  });

  test.each([0, -123.5, 1e10, 1e-10, Number.NaN, Number.POSITIVE_INFINITY])(
    "whatever its value is: %d",
    async (value) => {
      const exemplars = [exemplar({ trace_id: "abc" }, value)];
      const series = { labels: labelsOf({}), samples: [sample()], exemplars };
      expect(await writer.send(series)).toMatchObject({ status: 204, written: [1, 0, 1] });
    },
  );

  test("where the counter says when it started", async () => {
    const samples = [{ ...sample(250), startMs }];
    const series = { labels: labelsOf({}), samples, exemplars: [exemplar()] };
    expect(await writer.send(series)).toMatchObject({ status: 204, written: [1, 0, 1] });
  });

  test("with those of other series", async () => {
    const series = ["a", "b", "c"].map((job) => ({
      labels: labelsOf({ job }),
      samples: [sample()],
      exemplars: [exemplar()],
    }));
    expect(await writer.send(...series)).toMatchObject({ status: 204, written: [3, 0, 3] });
  });

  test("at the time of each of its samples", async () => {
    const series = [60, 1, 0].map((minutes) => ({
      labels: labelsOf({}),
      samples: [sample(1, nowMs - minutes * minuteMs)],
      exemplars: [{ ...exemplar(), timeMs: nowMs - minutes * minuteMs }],
    }));
    expect(await writer.send(...series)).toMatchObject({ status: 204, written: [3, 0, 3] });
  });

  test("that comes without a sample, since some senders split them", async () => {
    const series = { labels: labelsOf({}), exemplars: [exemplar()] };
    expect(await writer.send(series)).toMatchObject({ status: 204, written: [0, 0, 1] });
  });
});

describe.each([
  ["an exemplar", { exemplars: [exemplar()] }, 1],
  ["metadata", { metadata: { type: 1, help: "Requests." } }, 0],
])("a series with %s", (_, parts, exemplars) => {
  test.each<readonly [string, Labels]>([
    ["no name", { job: "a" }],
    ["an empty name", { __name__: "" }],
  ])("and %s is refused", async (_labels, labels) => {
    const reply = await writer.send({ labels, samples: [sample()], ...parts });
    expect(reply).toMatchObject({ status: 400, written: [0, 0, 0], codes: ["labels-invalid"] });
  });

  test("and a name is taken", async () => {
    const reply = await writer.send({ labels: unpriced(), samples: [sample()], ...parts });
    expect(reply).toMatchObject({ status: 204, written: [1, 0, exemplars] });
  });
});

const metadataTypes = [
  "unspecified",
  "counter",
  "gauge",
  "histogram",
  "gauge histogram",
  "summary",
  "info",
  "state set",
];

describe.each(kinds)("metadata of %s changes nothing", (_, labelsOf) => {
  const metadata = { type: 1, help: "Requests.", unit: "requests" };

  test.each(metadataTypes.map((name, type) => [name, type] as const))(
    "where it says that the metric is of type %s",
    async (_name, type) => {
      const series = { labels: labelsOf({}), samples: [sample()], metadata: { ...metadata, type } };
      expect(await writer.send(series)).toMatchObject({ status: 204, written: [1, 0, 0] });
    },
  );

  test.each([
    ["without help and unit", { type: 1 }],
    ["with line feeds, quotes and umlauts", { type: 2, help: 'Über\n"a"', unit: "bytes/s" }],
  ])("%s", async (_name, odd) => {
    const series = { labels: labelsOf({ job: "a" }), samples: [sample()], metadata: odd };
    expect(await writer.send(series)).toMatchObject({ status: 204, written: [1, 0, 0] });
  });

  test("where the counter says when it started", async () => {
    const series = { labels: labelsOf({}), samples: [{ ...sample(150), startMs }], metadata };
    expect(await writer.send(series)).toMatchObject({ status: 204, written: [1, 0, 0] });
  });

  test("with that of other series", async () => {
    const series = ["a", "b", "c"].map((job) => ({
      labels: labelsOf({ job }),
      samples: [sample()],
      metadata: { ...metadata, help: job },
    }));
    expect(await writer.send(...series)).toMatchObject({ status: 204, written: [3, 0, 0] });
  });

  test("with an exemplar", async () => {
    const parts = { samples: [sample()], exemplars: [exemplar()], metadata };
    const reply = await writer.send({ labels: labelsOf({ job: "a" }), ...parts });
    expect(reply).toMatchObject({ status: 204, written: [1, 0, 1] });
  });

  test("where it comes without a sample", async () => {
    const reply = await writer.send({ labels: labelsOf({}), metadata });
    expect(reply).toMatchObject({ status: 204, written: [0, 0, 0] });
    await writer.queued();
  });
});

test("metadata of a histogram with many labels changes nothing", async () => {
  const labels = { job: "a", instance: "b", method: "GET", status: "200", endpoint: "/c" };
  const parts = { histograms: [histogram(nowMs)], metadata: { type: 3, help: "Duration." } };
  const reply = await writer.send({ labels: unpriced(labels), ...parts });
  expect(reply).toMatchObject({ status: 204, written: [0, 1, 0] });
});
