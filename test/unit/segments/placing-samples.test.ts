import { describe, expect, test } from "@jest/globals";
import type { Sample } from "../../../lib/billing/sample.ts";
import { appendSamples } from "../../../lib/segments/append.ts";
import { decodeSegment } from "../../../lib/segments/decode.ts";
import { addToSegments, removeFromSegments } from "../../../lib/segments/late-samples.ts";
import {
  growSegment,
  type PackedSegment,
  segmentSamplesMax,
} from "../../../lib/segments/segment-size.ts";
import { toSample } from "../../support/ledger/scaled.ts";

const sample = (timeMs: number, value = "1"): Sample => toSample({ timeMs, value });

/** One sample every 10 ms. */
const run = (fromMs: number, count: number): Sample[] =>
  Array.from({ length: count }, (_, index) => sample(fromMs + 10 * index));

const stored = (...samples: readonly Sample[]) => ({ fromMs: samples[0]?.timeMs ?? 0, samples });

const endOf = (samples: readonly Sample[]) => appendSamples(null, samples).end;

/** First and last time and count as they are stored beside the bytes, which must say the same. */
function summary({ fromMs, untilMs, count, bytes }: PackedSegment) {
  const samples = decodeSegment(bytes, count);
  expect([samples[0]?.timeMs, samples.at(-1)?.timeMs]).toEqual([fromMs, untilMs]);
  return [fromMs, untilMs, count];
}

describe("growing", () => {
  test("a series without a segment begins one", () => {
    const { sealsOpen, sealed, open } = growSegment(null, run(0, 3));
    expect([sealsOpen, sealed]).toEqual([false, []]);
    expect(open).toEqual({ fromMs: 0, ...appendSamples(null, run(0, 3)) });
  });

  test("what the open segment has room for is added at its end", () => {
    const end = endOf(run(0, 119));
    const grown = growSegment(end, run(1190, 1));
    const appended = appendSamples(end, run(1190, 1));
    expect(grown).toEqual({
      sealsOpen: false,
      sealed: [],
      open: { fromMs: null, ...appended },
    });
    expect(grown.open.end.count).toBe(segmentSamplesMax);
  });

  test("what it has no room for begins another one", () => {
    const { sealsOpen, sealed, open } = growSegment(endOf(run(0, 119)), run(1190, 2));
    expect([sealsOpen, sealed]).toEqual([true, []]);
    expect(open).toEqual({ fromMs: 1190, ...appendSamples(null, run(1190, 2)) });
  });

  test.each([
    [120, [], 120],
    [121, [61], 60],
    [241, [81, 81], 79],
    [360, [120, 120], 120],
  ])("%d samples at once are segments of equal length", (count, sealed, last) => {
    const grown = growSegment(null, run(0, count));
    expect(grown.sealed.map((one) => one.count)).toEqual(sealed);
    expect(grown.open.end.count).toBe(last);
    expect(grown.sealsOpen).toBe(false);
  });
});

describe("late samples", () => {
  const early = stored(...run(0, 3));
  const full = stored(...run(1000, segmentSamplesMax));
  const late = stored(...run(5000, 3));
  const summaries = (samples: readonly Sample[]) => {
    const { deleted, written } = addToSegments([early, full, late], samples);
    return { deleted, written: written.map(summary) };
  };

  test("go into the segment in which they lie", () => {
    expect(summaries([sample(5), sample(5011)])).toEqual({
      deleted: [0, 5000],
      written: [
        [0, 20, 4],
        [5000, 5020, 4],
      ],
    });
  });

  test("go to the end of the segment before them where it has room", () => {
    expect(summaries([sample(500), sample(900)])).toEqual({ deleted: [0], written: [[0, 900, 5]] });
    expect(summaries([sample(9000)])).toEqual({ deleted: [5000], written: [[5000, 9000, 4]] });
  });

  test("fill the segment before them to the last place, and never beyond it", () => {
    const almostFull = stored(...run(0, segmentSamplesMax - 2));
    const [last, beyond] = [sample(2000), sample(3000)];
    expect(addToSegments([almostFull], [sample(1500), last]).written.map(summary)).toEqual([
      [0, 2000, 120],
    ]);
    expect(addToSegments([almostFull], [sample(1500), last, beyond]).written.map(summary)).toEqual([
      [1500, 3000, 3],
    ]);
  });

  test("make a segment of their own behind a full one, which stays as it is", () => {
    expect(summaries([sample(3000), sample(4000)])).toEqual({
      deleted: [],
      written: [[3000, 4000, 2]],
    });
  });

  test("make a segment of their own before the first one", () => {
    expect(summaries([sample(-20), sample(-10)])).toEqual({
      deleted: [],
      written: [[-20, -10, 2]],
    });
  });

  test("divide a full segment into two halves, and leave those behind it to another", () => {
    expect(summaries([sample(1005), sample(3000)])).toEqual({
      deleted: [1000],
      written: [
        [1000, 1590, 61],
        [1600, 2190, 60],
        [3000, 3000, 1],
      ],
    });
  });

  test("are many segments if they are many", () => {
    expect(summaries(run(-5000, 250)).written.map(([, , count]) => count)).toEqual([84, 84, 82]);
  });

  test("at a stored time replace what is stored", () => {
    const { deleted, written } = addToSegments([early], [sample(10, "0.5")]);
    expect(deleted).toEqual([0]);
    expect(written.map(({ bytes, count }) => decodeSegment(bytes, count))).toEqual([
      [sample(0), sample(10, "0.5"), sample(20)],
    ]);
  });

  test("at the very last time of a full segment replace what is stored, too", () => {
    const { deleted, written } = addToSegments([full], [sample(2190, "0.5")]);
    expect(deleted).toEqual([1000]);
    expect(written.map(summary)).toEqual([[1000, 2190, 120]]);
  });
});

describe("removing", () => {
  test("writes what is left, deletes what is empty, and leaves the others", () => {
    const segments = [stored(...run(0, 3)), stored(...run(100, 2)), stored(...run(200, 2))];
    const { deleted, written } = removeFromSegments(segments, new Set([0, 100, 110, 7]));
    expect(deleted).toEqual([0, 100]);
    expect(written.map(summary)).toEqual([[10, 20, 2]]);
  });
});
