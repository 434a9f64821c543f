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
