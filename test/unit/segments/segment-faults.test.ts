import { expect, test } from "@jest/globals";
import type { Sample } from "../../../lib/billing/sample.ts";
import { appendSamples } from "../../../lib/segments/append.ts";
import { type SegmentRecord, segmentFaults } from "../../../lib/segments/segment-faults.ts";
import { toSample } from "../../support/ledger/scaled.ts";

const samples = (...timesMs: readonly number[]): Sample[] =>
  timesMs.map((timeMs) => toSample({ timeMs, value: `${timeMs}.5` }));

/** A sealed segment as it must be, with these changes. */
function record(of: readonly Sample[], changes: Partial<SegmentRecord> = {}): SegmentRecord {
  const { bytes, end } = appendSamples(null, of);
  const fromMs = of[0]?.timeMs ?? 0;
  return { fromMs, untilMs: end.timeMs, count: end.count, bytes, end: null, ...changes };
}

const first = record(samples(0, 10, 20));
const open = record(samples(50, 60), { end: { stepMs: 10, decimals: 1 } });
const bytes = Uint8Array.from([...first.bytes, 0xff]);

test("segments that were written have no faults", () => {
  expect(segmentFaults([])).toEqual([]);
  expect(segmentFaults([first, record(samples(21)), open])).toEqual([]);
});

test.each<[string, SegmentRecord, string]>([
  ["bytes", { ...first, bytes }, "byte 8: the segment goes on after 3 samples"],
  ["count", { ...first, count: 2 }, "byte 6: the segment goes on after 2 samples"],
  ["first time", { ...first, fromMs: 1 }, "the first sample is of 1970-01-01T00:00:00.000Z"],
  [
    "last time",
    { ...first, untilMs: 21 },
    "the last sample is of 1970-01-01T00:00:00.020Z, not of 1970-01-01T00:00:00.021Z",
  ],
  [
    "last time beyond all",
    { ...first, untilMs: Number.POSITIVE_INFINITY },
    "the last sample is of 1970-01-01T00:00:00.020Z, not of Infinity ms",
  ],
  ["last step", { ...open, end: { stepMs: 11, decimals: 1 } }, "the last step is 10 ms, not 11"],
  [
    "number of decimals",
    { ...open, end: { stepMs: 10, decimals: 2 } },
    "its values have 1 decimals, not 2",
  ],
])("another %s than was written is a fault", (_, changed, reason) => {
  const name = `the segment of ${new Date(changed.fromMs).toISOString()}`;
  expect(segmentFaults([changed])).toEqual([`${name}: ${reason}`]);
});

test("a first time that is no date is a fault, and no error", () => {
  const changed = { ...first, fromMs: Number.NEGATIVE_INFINITY };
  expect(segmentFaults([changed])).toEqual([
    "the segment of -Infinity ms: the first sample is of 1970-01-01T00:00:00.000Z",
  ]);
});

test("segments that overlap are a fault, neighbours or not, sealed or open", () => {
  const whole = record(samples(0, 100));
  const fault = (fromMs: number) =>
    `the segment of ${new Date(fromMs).toISOString()}: it begins before an earlier one ends, at 1970-01-01T00:00:00.100Z`;
  expect(segmentFaults([whole, record(samples(100, 110))])).toEqual([fault(100)]);
  expect(segmentFaults([whole, record(samples(10)), open])).toEqual([fault(10), fault(50)]);
});

test("each damaged segment is named, and the others are not", () => {
  const last = record(samples(30), { count: 9 });
  expect(segmentFaults([{ ...first, bytes }, record(samples(21)), last])).toHaveLength(2);
});
