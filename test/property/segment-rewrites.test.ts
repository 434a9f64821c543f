import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Sample } from "../../lib/billing/sample.ts";
import { decodeSegment, decodeWithEnd } from "../../lib/segments/decode.ts";
import {
  addToSegments,
  type Rewrite,
  removeFromSegments,
} from "../../lib/segments/late-samples.ts";
import {
  growSegment,
  type PackedSegment,
  segmentSamplesMax,
} from "../../lib/segments/segment-size.ts";
import { propertyRuns } from "../support/properties.ts";

/** The samples of a series that was sent these, one after the other: the lowest of each time. */
type Reference = Map<number, bigint>;

const ascending = (reference: Reference): Sample[] =>
  [...reference].map(([timeMs, value]) => ({ timeMs, value })).sort((a, b) => a.timeMs - b.timeMs);

const unpack = ({ fromMs, bytes, count }: PackedSegment) => ({
  fromMs,
  samples: decodeSegment(bytes, count),
});

/** The segments hold these samples and no others, in the order of time, and none is empty or too long. */
function expectSegments(segments: readonly PackedSegment[], samples: readonly Sample[]): void {
  let earlierMs = Number.NEGATIVE_INFINITY;
  const decoded: Sample[] = [];
  for (const segment of segments) {
    const own = unpack(segment).samples;
    expect(segment.count).toBeGreaterThan(0);
    expect(segment.count).toBeLessThanOrEqual(segmentSamplesMax);
    expect([segment.fromMs, segment.untilMs]).toEqual([own[0]?.timeMs, own.at(-1)?.timeMs]);
    expect(segment.fromMs).toBeGreaterThan(earlierMs);
    earlierMs = segment.untilMs;
    decoded.push(...own);
  }
  expect(decoded).toEqual(samples);
}

test("a series that grows is sealed segments and an open one that hold its samples", () => {
  const counts = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 400 }));
  const property = fc.property(fc.array(counts, { maxLength: 40 }), (calls) => {
    const sent: Sample[] = [];
    const sealed: PackedSegment[] = [];
    let open: (PackedSegment & { readonly end: Parameters<typeof growSegment>[0] }) | null = null;
    for (const count of calls) {
      const samples = Array.from({ length: count }, (_, index) => {
        const position = sent.length + index;
        return { timeMs: position * 15_000 + (position % 7), value: BigInt(position * position) };
      });
      sent.push(...samples);
      const grown = growSegment(open?.end ?? null, samples);
      if (grown.sealsOpen) sealed.push(open as unknown as PackedSegment);
      sealed.push(...grown.sealed);
      const { end, bytes: added } = grown.open;
      const isNew = grown.open.fromMs !== null;
      // A segment that fits is not begun anew.
      expect(isNew).toBe(open === null || open.count + count > segmentSamplesMax);
      const bytes: Uint8Array = isNew ? added : Buffer.concat([open?.bytes ?? added, added]);
      const fromMs: number = grown.open.fromMs ?? open?.fromMs ?? Number.NaN;
      open = { fromMs, untilMs: end.timeMs, count: end.count, bytes, end };
      expect(decodeWithEnd(bytes, end.count).end).toEqual(end);
    }
    expectSegments(open === null ? sealed : [...sealed, open], sent);
  });
  fc.assert(property, propertyRuns(100));
});

/** Changes of sealed segments: late samples, lower ones, or stored ones that are to go. */
type Step =
  | { readonly kind: "add"; readonly late: readonly Sample[] }
  | { readonly kind: "remove"; readonly timesMs: readonly number[] };

// Few enough instants that many steps meet the same ones, and many enough for a dozen of segments.
const instant = fc.integer({ min: 0, max: 1_500 });
const amount = fc.bigInt({ min: 0n, max: 10n ** 32n });

const addition = fc
  .oneof(
    fc.uniqueArray(instant, { minLength: 1, maxLength: 5 }),
    fc.uniqueArray(instant, { minLength: 1, maxLength: 300, size: "max" }),
    // A sender that comes back sends a stretch at once.
    fc
      .tuple(instant, fc.integer({ min: 1, max: 300 }))
      .map(([from, length]) => Array.from({ length }, (_, index) => from + index)),
  )
  .chain((timesMs) =>
    fc.array(amount, { minLength: timesMs.length, maxLength: timesMs.length }).map(
      (values): Step => ({
        kind: "add",
        late: timesMs
          .sort((a, b) => a - b)
          .map((timeMs, index) => ({ timeMs, value: values[index] as bigint })),
      }),
    ),
  );

const removal = fc
  .oneof(
    fc.uniqueArray(instant, { minLength: 1, maxLength: 20 }),
    fc
      .tuple(instant, fc.integer({ min: 1, max: 400 }))
      .map(([from, length]) => Array.from({ length }, (_, index) => from + index)),
  )
  .map((timesMs): Step => ({ kind: "remove", timesMs }));

const steps = fc.array(
  fc.oneof({ weight: 3, arbitrary: addition }, { weight: 1, arbitrary: removal }),
  { minLength: 1, maxLength: 12, size: "max" },
);

const byTime = (a: PackedSegment, b: PackedSegment) => a.fromMs - b.fromMs;

/** For each instant the last segment that begins at or before it, as the database reads them. */
const readAt = (segments: readonly PackedSegment[], timesMs: readonly number[]) => {
  const wanted = new Set(
    timesMs.map((timeMs) => segments.findLast(({ fromMs }) => fromMs <= timeMs)),
  );
  return segments.filter((segment) => wanted.has(segment));
};

function applied(segments: readonly PackedSegment[], { deleted, written }: Rewrite) {
  expect(new Set(deleted).size).toBe(deleted.length);
  for (const fromMs of deleted) expect(segments.map((one) => one.fromMs)).toContain(fromMs);
  return [...segments.filter(({ fromMs }) => !deleted.includes(fromMs)), ...written].sort(byTime);
}

function changeReference(reference: Reference, step: Step): void {
  if (step.kind === "remove") for (const timeMs of step.timesMs) reference.delete(timeMs);
  else
    for (const { timeMs, value } of step.late) {
      const stored = reference.get(timeMs);
      if (stored === undefined || value < stored) reference.set(timeMs, value);
    }
}

/** The segments that a step must leave: those in which none of its instants lies, or fits behind. */
function expectUntouched(
  before: readonly PackedSegment[],
  after: readonly PackedSegment[],
  step: Step,
): void {
  const timesMs = step.kind === "add" ? step.late.map(({ timeMs }) => timeMs) : step.timesMs;
  for (const [index, segment] of before.entries()) {
    const nextMs = before[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
    const own = timesMs.filter((timeMs) => timeMs >= segment.fromMs && timeMs < nextMs);
    const isWithin = own.some((timeMs) => timeMs <= segment.untilMs);
    const takesMore =
      step.kind === "add" && own.length > 0 && segment.count + own.length <= segmentSamplesMax;
    if (!isWithin && !takesMore) expect(after).toContain(segment);
  }
}

test("sealed segments hold what a sorted map holds, whatever is added or removed", () => {
  let most = 0;
  const property = fc.property(steps, (script) => {
    const reference: Reference = new Map();
    let segments: readonly PackedSegment[] = [];
    for (const step of script) {
      const before = segments;
      if (step.kind === "add") {
        const timesMs = step.late.map(({ timeMs }) => timeMs);
        const read = readAt(segments, timesMs).map(unpack);
        segments = applied(segments, addToSegments(read, step.late));
      } else {
        // Only what is stored is ever removed; the rest is for good measure.
        const read = readAt(segments, step.timesMs).map(unpack);
        segments = applied(segments, removeFromSegments(read, new Set(step.timesMs)));
      }
      changeReference(reference, step);
      expectSegments(segments, ascending(reference));
      expectUntouched(before, segments, step);
      most = Math.max(most, segments.length);
    }
  });
  fc.assert(property, propertyRuns(100));
  // A property in which there is never more than one segment would say little.
  if (propertyRuns(100).numRuns === 100) expect(most).toBeGreaterThan(8);
});
