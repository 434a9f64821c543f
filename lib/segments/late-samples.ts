import { mergeSamples } from "../billing/merge.ts";
import type { Sample } from "../billing/sample.ts";
import { type PackedSegment, packSegments, segmentSamplesMax } from "./segment-size.ts";

/** A sealed segment with its samples, at least one. */
export interface UnpackedSegment {
  readonly fromMs: number;
  readonly samples: readonly Sample[];
}

export interface Rewrite {
  /** The first times of the segments that are to be deleted. */
  readonly deleted: readonly number[];
  readonly written: readonly PackedSegment[];
}

/**
 * Adds late samples (ascending) to sealed segments. Of these there must be the last one that begins at
 * or before each sample, if there is one. A sample belongs into that segment if it lies within it or if
 * the segment has room; others, which lie between two segments, make segments of their own. So the
 * segments of a series never overlap.
 */
export function addToSegments(
  segments: readonly UnpackedSegment[],
  late: readonly Sample[],
): Rewrite {
  const rewrites = Map.groupBy(late, ({ timeMs }) =>
    segments.findLast(({ fromMs }) => fromMs <= timeMs),
  );
  const deleted: number[] = [];
  const written: PackedSegment[] = [];
  for (const [segment, added] of rewrites) {
    const [within, after] = segment === undefined ? [[], added] : divide(segment, added);
    if (segment !== undefined && within.length > 0) {
      deleted.push(segment.fromMs);
      written.push(...packSegments(mergeSamples(segment.samples, within).samples));
    }
    written.push(...packSegments(after));
  }
  return { deleted, written };
}

/** Which of the samples the segment takes, and which lie behind it. */
function divide(
  { samples }: UnpackedSegment,
  added: readonly Sample[],
): readonly [readonly Sample[], readonly Sample[]] {
  const lastMs = (samples.at(-1) as Sample).timeMs;
  if (samples.length + added.length <= segmentSamplesMax) return [added, []];
  return [
    added.filter(({ timeMs }) => timeMs <= lastMs),
    added.filter(({ timeMs }) => timeMs > lastMs),
  ];
}

/** Takes the samples at these times out of sealed segments; what is left of each is written anew. */
export function removeFromSegments(
  segments: readonly UnpackedSegment[],
  timesMs: ReadonlySet<number>,
): Rewrite {
  const left = segments
    .map(({ fromMs, samples }) => ({
      fromMs,
      before: samples.length,
      samples: samples.filter(({ timeMs }) => !timesMs.has(timeMs)),
    }))
    .filter(({ before, samples }) => samples.length < before);
  return {
    deleted: left.map(({ fromMs }) => fromMs),
    written: left.flatMap(({ samples }) => packSegments(samples)),
  };
}
