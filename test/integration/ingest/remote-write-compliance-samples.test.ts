import { describe, expect, test } from "@jest/globals";
import { staleMarker } from "../../support/formats/remote-write-body.ts";
import {
  billed,
  minuteMs,
  nowMs,
  sample,
  unpriced,
  useRemoteWriter,
} from "../../support/prometheus/remote-writer.ts";
import type { Labels } from "../../support/prometheus/write-request.ts";

// The demands of prometheus/compliance's receiver tests on samples, in tests of our own.

const writer = useRemoteWriter();

const values = [
  ["one", 1],
  ["a stale marker", staleMarker],
  ["NaN", Number.NaN],
  ["infinity", Number.POSITIVE_INFINITY],
  ["minus infinity", Number.NEGATIVE_INFINITY],
] as const;

describe.each(values)("a sample of %s", (_, value) => {
  const samples = [sample(value)];

  test.each<readonly [string, Labels]>([
    ["a name alone", unpriced()],
    ["several labels", unpriced({ job: "a", instance: "b:9090" })],
    ["labels that are not sorted", { job: "a", __name__: "up", instance: "b:9090" }],
    ["line feeds in a label", unpriced({ job: "a\nb\n" })],
    ["dots in its names", { __name__: "node.cpu.use", "job.name": "a" }],
    ["spaces in its names", { __name__: "node cpu use", "job name": "a" }],
  ])("of a series without a price is taken where it has %s", async (_labels, labels) => {
    const reply = await writer.send({ labels, samples });
    expect(reply).toEqual({ status: 204, body: "", written: [1, 0, 0], codes: [] });
    expect(await writer.queued()).toEqual([]);
  });

  test.each<readonly [string, Labels]>([
    ["its series has no name", { job: "a", instance: "b:9090" }],
    ["its series has an empty name", { __name__: "", job: "a" }],
    ["its series has no labels", {}],
  ])("is refused where %s", async (_labels, labels) => {
    const reply = await writer.send({ labels, samples });
    expect(reply).toMatchObject({ status: 400, written: [0, 0, 0], codes: ["labels-invalid"] });
    expect(await writer.queued()).toEqual([]);
  });

  test("is taken of each of several series", async () => {
    const series = ["a", "b", "c", "d"].map((job) => ({ labels: unpriced({ job }), samples }));
    expect(await writer.send(...series)).toMatchObject({ status: 204, written: [4, 0, 0] });
  });

  test("is refused of all series where none has a name", async () => {
    const series = ["a", "b", "c", "d"].map((job) => ({ labels: { job }, samples }));
    expect(await writer.send(...series)).toMatchObject({ status: 400, written: [0, 0, 0] });
  });

  test("is taken of the other series where one has no name, and the request still fails", async () => {
    const named = ["b", "c", "d"].map((job) => ({ labels: unpriced({ job }), samples }));
    const reply = await writer.send({ labels: { job: "a" }, samples }, ...named);
    expect(reply).toMatchObject({ status: 400, written: [3, 0, 0], codes: ["labels-invalid"] });
    expect(reply.body).toContain("1 fault; what is valid was taken");
  });
});

describe("a billed series", () => {
  test("is queued whatever the order of its labels is", async () => {
    const { __name__, ...others } = billed("any-order", { job: "a\nb", location_id: "8676" });
    for (const labels of [
      { ...others, __name__ },
      { __name__, ...others },
    ]) {
      const reply = await writer.send({ labels, samples: [sample()] });
      expect(reply).toMatchObject({ status: 204, written: [1, 0, 0] });
      expect(await writer.queued()).toEqual([
        expect.objectContaining({ projectName: "any-order", site: "8676", value: "1" }),
      ]);
    }
  });

  test("is queued where the request fails because of another one", async () => {
    const series = ["kept-1", "kept-2", "kept-3"].map((name) => ({
      labels: billed(name),
      samples: [sample(2.5)],
    }));
    const reply = await writer.send({ labels: { job: "a" }, samples: [sample()] }, ...series);
    expect(reply).toMatchObject({ status: 400, written: [3, 0, 0] });
    expect((await writer.queued()).map(({ projectName }) => projectName)).toEqual([
      "kept-1",
      "kept-2",
      "kept-3",
    ]);
  });

  test.each([
    ["a stale marker", staleMarker],
    ["NaN", Number.NaN],
  ])("that brings %s is a success, though it is no measurement", async (_, value) => {
    const series = { labels: billed("ended"), samples: [sample(value)] };
    expect(await writer.send(series)).toMatchObject({ status: 204, written: [1, 0, 0] });
    expect(await writer.queued()).toEqual([]);
  });

  // Not as in Prometheus, which stores them: an infinite or negative usage cannot be billed, and a success
  // would say that it was.
  test.each([
    ["infinity", Number.POSITIVE_INFINITY, "value-infinite"],
    ["minus infinity", Number.NEGATIVE_INFINITY, "value-infinite"],
    ["a negative value", -1, "value-negative"],
  ])("that brings %s is refused, and the sample beside it is kept", async (_, value, code) => {
    const samples = [sample(1, nowMs - minuteMs), sample(value)];
    const reply = await writer.send({ labels: billed("odd"), samples });
    expect(reply).toMatchObject({ status: 400, written: [1, 0, 0], codes: [code] });
    expect(await writer.queued()).toHaveLength(1);
  });

  // Not as in Prometheus either: what is stored is stored byte for byte, and shown to people.
  test("whose project has a line feed in its name is refused", async () => {
    const reply = await writer.send({ labels: billed("a\nb"), samples: [sample()] });
    expect(reply).toMatchObject({ status: 400, written: [0, 0, 0], codes: ["project-invalid"] });
  });

  test("one of whose labels is empty is taken without that label", async () => {
    const labels = billed("empty", { job: "", project_id: "" });
    const reply = await writer.send({ labels, samples: [sample()] });
    expect(reply).toMatchObject({ status: 204, written: [1, 0, 0] });
    expect(await writer.queued()).toMatchObject([{ projectName: "empty", resource: "" }]);
  });

  test("may say when its counter started", async () => {
    const samples = [{ ...sample(100), startMs: nowMs - 60 * minuteMs }];
    const reply = await writer.send({ labels: billed("started"), samples });
    expect(reply).toMatchObject({ status: 204, written: [1, 0, 0] });
    expect(await writer.queued()).toMatchObject([{ timeMs: nowMs, value: "100" }]);
  });
});

test("a series without a price may say when its counter started", async () => {
  const samples = [{ ...sample(100), startMs: nowMs - 60 * minuteMs }];
  const reply = await writer.send({ labels: unpriced({ job: "a" }), samples });
  expect(reply).toMatchObject({ status: 204, written: [1, 0, 0] });
});
