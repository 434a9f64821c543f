import type { Sample } from "../../billing/sample.ts";
import { dayMs } from "../../billing/time.ts";

/**
 * How much work measurements stand for, counted in samples that continue their series. A sample after a gap
 * is 24 hours of the ledger for each day of the gap, and each such day costs as much as ten samples.
 */
const samplesPerDay = 10;

/** A slice's transaction takes about half a second, and 50 MB, for this much. */
export const sliceWorkMax = 20_000;

/** The work of billing samples, at least one in any order, of a series that was measured last at `lastMs`. */
export function workOf(received: readonly Sample[], lastMs: number | null): number {
  let [earliestMs, latestMs] = [lastMs ?? Number.POSITIVE_INFINITY, lastMs ?? 0];
  for (const { timeMs } of received) {
    if (timeMs < earliestMs) earliestMs = timeMs;
    if (timeMs > latestMs) latestMs = timeMs;
  }
  return received.length + Math.floor((latestMs - earliestMs) / dayMs) * samplesPerDay;
}
