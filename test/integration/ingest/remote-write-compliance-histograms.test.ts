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
import { histogram } from "../../support/prometheus/write-request.ts";

// The demands of prometheus/compliance's receiver tests on histograms, in tests of our own. No histogram is
// ever billed: one of a metric without a price is passed over, which its sender must be able to tell.

const writer = useRemoteWriter();

const metadata = { type: 3, help: "Duration of requests.", unit: "seconds" };

describe("a histogram of a metric without a price is taken and counted", () => {
  test.each([
    ["with buckets below, around and above zero", { positive: true, negative: true, zero: true }],
    ["with buckets of its own limits", { customBuckets: true }],
    ["with buckets above and around zero", { positive: true, zero: true }],
    ["with buckets below zero", { negative: true }],
    ["with a zero bucket only", { zero: true }],
    ["without any bucket", {}],
    ["that says when it started", { positive: true, startMs: nowMs - 30 * minuteMs }],
  ])("%s", async (_, parts) => {
    const histograms = [histogram(nowMs, parts)];
    const reply = await writer.send({ labels: unpriced({ job: "a" }), histograms });
    expect(reply).toEqual({ status: 204, body: "", written: [0, 1, 0], codes: [] });
  });

  test("with others in the same request", async () => {
    const reply = await writer.send(
      { labels: unpriced({ job: "a" }), histograms: [histogram(nowMs, { positive: true })] },
      { labels: unpriced({ job: "b" }), histograms: [histogram(nowMs, { negative: true })] },
    );
    expect(reply).toMatchObject({ status: 204, written: [0, 2, 0] });
  });

  test("with metadata", async () => {
    const series = { labels: unpriced(), histograms: [histogram(nowMs)], metadata };
    expect(await writer.send(series)).toMatchObject({ status: 204, written: [0, 1, 0] });
  });

  test("with an exemplar", async () => {
    const series = { labels: unpriced(), histograms: [histogram(nowMs)], exemplars: [exemplar()] };
    expect(await writer.send(series)).toMatchObject({ status: 204, written: [0, 1, 1] });
  });

  test("with metadata and an exemplar", async () => {
    const parts = { histograms: [histogram(nowMs)], exemplars: [exemplar()], metadata };
    expect(await writer.send({ labels: unpriced(), ...parts })).toMatchObject({
      status: 204,
      written: [0, 1, 1],
    });
  });

  test("with others of which each has its metadata", async () => {
    const reply = await writer.send(
      { labels: unpriced({ job: "a" }), histograms: [histogram(nowMs)], metadata },
      {
        labels: unpriced({ job: "b" }),
        histograms: [histogram(nowMs)],
        metadata: { ...metadata, unit: "bytes" },
      },
    );
    expect(reply).toMatchObject({ status: 204, written: [0, 2, 0] });
  });
});

test("a histogram whose count is not that of its buckets is refused, and what stands beside it is not", async () => {
  const wrong = histogram(nowMs, { positive: true, countBeside: 76 });
  const reply = await writer.send(
    { labels: unpriced(), histograms: [wrong, histogram(nowMs, { positive: true })] },
    { labels: billed("beside a wrong one"), samples: [sample(7)] },
  );
  expect(reply).toMatchObject({ status: 400, written: [1, 1, 0], codes: ["histogram-invalid"] });
  expect(await writer.queued()).toMatchObject([{ projectName: "beside a wrong one" }]);
});

// Not as in Prometheus, which stores it: there is no rule by which it could be billed, and a success would
// say that it was.
describe("a histogram of a billed metric is refused", () => {
  test.each([
    ["with sound buckets", { positive: true, zero: true }],
    ["with a wrong count", { positive: true, countBeside: 90 }],
  ])("%s", async (_, parts) => {
    const histograms = [histogram(nowMs, parts)];
    const reply = await writer.send({ labels: billed("histogram"), histograms });
    expect(reply).toMatchObject({ status: 400, written: [0, 0, 0], codes: ["histogram-billed"] });
    expect(await writer.queued()).toEqual([]);
  });

  test("and what is valid beside it is billed", async () => {
    const reply = await writer.send(
      { labels: billed("histogram"), histograms: [histogram(nowMs)] },
      { labels: billed("beside"), samples: [sample(7)], exemplars: [exemplar()] },
      { labels: unpriced(), histograms: [histogram(nowMs)] },
    );
    expect(reply).toMatchObject({ status: 400, written: [1, 1, 1] });
    expect(await writer.queued()).toMatchObject([{ projectName: "beside", value: "7" }]);
  });
});
