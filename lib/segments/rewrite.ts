import { mergeSamples } from "../billing/merge.ts";
import type { Sample } from "../billing/sample.ts";
import { appendSamples } from "./append.ts";
import type { SegmentEnd } from "./segment-format.ts";

/** Samples of a segment at most: as many as Prometheus keeps in a chunk. */
export const segmentSamplesMax = 120;

/** Packed samples that are ready to be stored as a segment of their own. */
export interface PackedSegment {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** An open segment after a change. */
export interface OpenSegment {
  /** The bytes are the whole segment, which begins there; null: they are to be added at its end. */
  readonly fromMs: number | null;
  readonly bytes: Uint8Array;
  readonly end: SegmentEnd;
}

export interface Growth {
  /** The open segment is full: it is sealed as it is before anything else. */
  readonly sealsOpen: boolean;
  /** Segments that are full at once. */
  readonly sealed: readonly PackedSegment[];
  readonly open: OpenSegment;
}

/**
 * Adds samples (ascending, at least one, all later than the segment) to a series' open segment, which ends
 * there; null: there is none.
 */
export function growSegment(end: SegmentEnd | null, samples: readonly Sample[]): Growth {
  if (end !== null && end.count + samples.length <= segmentSamplesMax) {
    const appended = appendSamples(end, samples);
    const open = { fromMs: null, bytes: appended.bytes, end: appended.end };
    return { sealsOpen: false, sealed: none, open };
  }
  const chunks = inChunks(samples);
  const last = chunks.pop() as readonly Sample[];
  const open = { fromMs: (last[0] as Sample).timeMs, ...appendSamples(null, last) };
  return { sealsOpen: end !== null, sealed: chunks.map(packSegment), open };
}

const none: readonly PackedSegment[] = [];

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
    written: left
      .filter(({ samples }) => samples.length > 0)
      .map(({ samples }) => packSegment(samples)),
  };
}

/** Packs samples, ascending, into segments of their own. */
export const packSegments = (samples: readonly Sample[]): readonly PackedSegment[] =>
  inChunks(samples).map(packSegment);

function packSegment(samples: readonly Sample[]): PackedSegment {
  const { bytes, end } = appendSamples(null, samples);
  return { fromMs: (samples[0] as Sample).timeMs, untilMs: end.timeMs, count: end.count, bytes };
}

/** As few runs as can be, of equal length: a segment that grows by one sample becomes two halves. */
function inChunks(samples: readonly Sample[]): (readonly Sample[])[] {
  const chunks = Math.ceil(samples.length / segmentSamplesMax);
  const size = Math.ceil(samples.length / chunks);
  return Array.from({ length: chunks }, (_, index) =>
    samples.slice(index * size, (index + 1) * size),
  );
}
