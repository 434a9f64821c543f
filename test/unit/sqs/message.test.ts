import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Measurement } from "../../../lib/billing/measurement.ts";
import { decodeMessage, encodeMessages, UnreadableMessage } from "../../../lib/sqs/message.ts";

const measurement = (index: number, name = "genomics"): Measurement => ({
  projectName: name,
  metric: "project_vcpu_usage",
  site: "8676",
  resource: "a1",
  timeMs: index,
  value: String(index),
});
const decodeAll = (messages: readonly string[]) =>
  messages.flatMap((body) => [...decodeMessage(body).measurements]);
const sorted = (measurements: readonly Measurement[]) =>
  measurements.map((one) => JSON.stringify(Object.entries(one).sort())).sort();

test("what is encoded is decoded again, whatever the names hold", () => {
  const name = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
    .filter((text) => !text.includes("\n"));
  const one = fc.record({
    projectName: name,
    metric: name,
    site: name,
    resource: name,
    timeMs: fc.nat(),
    value: fc.nat().map(String),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 50 }), (measurements) => {
      expect(sorted(decodeAll(encodeMessages(measurements)))).toEqual(sorted(measurements));
    }),
  );
});

test("a message holds at most 2,000 measurements", () => {
  const measurements = Array.from({ length: 4_001 }, (_, index) => measurement(index));
  const messages = encodeMessages(measurements);
  expect(messages.map((body) => decodeMessage(body).measurements.length)).toEqual([
    2_000, 2_000, 1,
  ]);
});

test("a message stays far below what SQS takes, even with the longest names", () => {
  const name = (index: number) => `${"\\".repeat(250)}${index}`;
  const measurements = Array.from({ length: 2_000 }, (_, index) => measurement(index, name(index)));
  const messages = encodeMessages(measurements);
  expect(messages.length).toBeGreaterThan(1);
  for (const body of messages) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(400_000);
  expect(decodeAll(messages)).toEqual(measurements);
});

test.each(["🚀", "a\uffff", "\ufffe"])(
  "%j travels as ASCII, because SQS would refuse it as it is",
  (name) => {
    const [body = ""] = encodeMessages([measurement(1, name)]);
    expect(body).toMatch(/^[ -~]*$/);
    expect(decodeMessage(body).measurements).toEqual([measurement(1, name)]);
  },
);

test("a message is not much smaller than the limit, while there is more to send", () => {
  const name = (index: number) => `genomics ${"x".repeat(200)}${index}`;
  const measurements = Array.from({ length: 2_000 }, (_, index) => measurement(index, name(index)));
  const [first = "", ...rest] = encodeMessages(measurements);
  expect(rest).toHaveLength(1);
  expect(Buffer.byteLength(first)).toBeGreaterThan(390_000);
});

test("nothing is no message", () => {
  expect(encodeMessages([])).toEqual([]);
});

describe("what was dropped", () => {
  const dropped = { keyId: "exporter-\u{1f680}", atMs: 1, counts: { stale: 2, faulty: 1 } };

  test("travels in the first message, once", () => {
    const measurements = Array.from({ length: 2_001 }, (_, index) => measurement(index));
    const decoded = encodeMessages(measurements, dropped).map(decodeMessage);
    expect(decoded.map((one) => one.dropped)).toEqual([dropped, undefined]);
  });

  test("makes a message where there is nothing else to tell", () => {
    const [body = "", ...rest] = encodeMessages([], dropped);
    expect(rest).toEqual([]);
    expect(decodeMessage(body)).toEqual({ measurements: [], dropped });
  });
});

test("version 1, which an older receiver may have left on the queue, is read", () => {
  const { timeMs, value, ...series } = measurement(7);
  const body = JSON.stringify({ version: 1, series: [{ ...series, samples: [[timeMs, value]] }] });
  expect(decodeMessage(body)).toEqual({ measurements: [measurement(7)], dropped: undefined });
});

test.each([
  ["", "message-invalid"],
  ["null", "message-invalid"],
  ['{"version":"1","series":[]}', "message-invalid"],
  ['{"version":3}', "message-version-unknown"],
  [
    encodeMessages([{ ...measurement(1), value: `0.${"1".repeat(31)}` }])[0] ?? "",
    "message-invalid",
  ],
])("%s is refused as %s", (body, code) => {
  expect(() => decodeMessage(body)).toThrow(UnreadableMessage);
  expect(() => decodeMessage(body)).toThrow(expect.objectContaining({ code }));
});
