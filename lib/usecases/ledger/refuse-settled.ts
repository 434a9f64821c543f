import type { Sample } from "../../billing/sample.ts";

/** A stretch of time, Unix milliseconds, both inclusive. */
export interface TimeRange {
  readonly fromMs: number;
  readonly untilMs: number;
}

export type RefusalReason = "before-floor" | "discarded";

/** Accepted at the edge, but not billed: too late for what is still kept, or discarded before. */
export interface RefusedSample extends Sample {
  readonly reason: RefusalReason;
}

/** The parts of a series that an operator or retention has settled for good. */
export interface Settled {
  /** The retention floor: samples at or before it are not billed any more; null: none. */
  readonly floor: Sample | null;
  readonly discards: readonly TimeRange[];
}

/** Parts the received samples into accepted and refused ones, each in the order received. */
export function refuseSettled(
  samples: readonly Sample[],
  { floor, discards }: Settled,
): { readonly accepted: readonly Sample[]; readonly refused: readonly RefusedSample[] } {
  if (floor === null && discards.length === 0) return { accepted: samples, refused: [] };
  const accepted: Sample[] = [];
  const refused: RefusedSample[] = [];
  for (const sample of samples) {
    const { timeMs } = sample;
    if (floor !== null && timeMs <= floor.timeMs) {
      refused.push({ ...sample, reason: "before-floor" });
    } else if (discards.some(({ fromMs, untilMs }) => timeMs >= fromMs && timeMs <= untilMs)) {
      refused.push({ ...sample, reason: "discarded" });
    } else accepted.push(sample);
  }
  return { accepted, refused };
}
