import type { Sample } from "../billing/sample.ts";
import { DamagedSegment } from "./damaged-segment.ts";
import { decodeWithEnd } from "./decode.ts";
import { type SegmentEnd, TIME_MS_MAX } from "./segment-format.ts";

/** A segment with all that is stored beside its bytes. */
export interface SegmentRecord {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly count: number;
  readonly bytes: Uint8Array;
  /** Of an open segment, what the next append builds on; null: the segment is sealed. */
  readonly end: Pick<SegmentEnd, "stepMs" | "decimals"> | null;
}

/**
 * Says, in words, what is wrong with segments of a series that cannot have been written as they stand:
 * their bytes are damaged, or what is stored beside the bytes is not what they say, or they begin before
 * an earlier one ends. Takes the segments in the order of their first times, the open one last.
 */
export function segmentFaults(segments: Iterable<SegmentRecord>): readonly string[] {
  const faults: string[] = [];
  let earlierUntilMs = Number.NEGATIVE_INFINITY;
  for (const segment of segments) {
    const { fromMs, untilMs } = segment;
    const reason = faultOf(segment, earlierUntilMs);
    if (reason !== null) faults.push(`the segment of ${instant(fromMs)}: ${reason}`);
    earlierUntilMs = Math.max(earlierUntilMs, untilMs);
  }
  return faults;
}

function faultOf(segment: SegmentRecord, earlierUntilMs: number): string | null {
  const decoded = decodeOrReason(segment);
  if (typeof decoded === "string") return decoded;
  const firstMs = (decoded.samples[0] as Sample).timeMs;
  const reason = disagreement(segment, firstMs, decoded.end);
  if (reason !== null || firstMs > earlierUntilMs) return reason;
  return `it begins before an earlier one ends, at ${instant(earlierUntilMs)}`;
}

function decodeOrReason({ bytes, count }: SegmentRecord) {
  try {
    return decodeWithEnd(bytes, count);
  } catch (error) {
    if (error instanceof DamagedSegment) return error.message;
    throw error;
  }
}

/** Where the bytes say something else than what is stored beside them. */
function disagreement(segment: SegmentRecord, firstMs: number, last: SegmentEnd): string | null {
  const { fromMs, untilMs, end } = segment;
  if (firstMs !== fromMs) return `the first sample is of ${instant(firstMs)}`;
  if (last.timeMs !== untilMs) {
    return `the last sample is of ${instant(last.timeMs)}, not of ${instant(untilMs)}`;
  }
  if (end !== null && end.stepMs !== last.stepMs) {
    return `the last step is ${last.stepMs} ms, not ${end.stepMs}`;
  }
  if (end !== null && end.decimals !== last.decimals) {
    return `its values have ${last.decimals} decimals, not ${end.decimals}`;
  }
  return null;
}

/** PostgreSQL knows times that a Date does not. */
const instant = (timeMs: number): string =>
  Math.abs(timeMs) <= TIME_MS_MAX ? new Date(timeMs).toISOString() : `${timeMs} ms`;
