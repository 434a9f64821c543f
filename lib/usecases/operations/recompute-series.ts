import type { SeriesState } from "../../billing/booking.ts";
import { fold } from "../../billing/fold.ts";
import type { HeldIncrease } from "../../billing/held-increases.ts";
import { addUsageAndCredits, type HourlyCosts } from "../../billing/hourly-costs.ts";
import type { Tariff } from "../../billing/tariff.ts";
import { hourOf } from "../../billing/time.ts";
import type { NamedSeries } from "../ledger/stored-series.ts";
import { readToAnchor, type StoredReader } from "../ledger/stored-window.ts";

/** The ledger of a series from an hour on as it must be, derived from the stored samples alone. */
export interface Recomputed {
  /** First hour, Unix milliseconds, that can be derived; -Infinity: all. */
  readonly fromHourMs: number;
  readonly hours: HourlyCosts;
  /** From when on held increases are derived, Unix milliseconds; -Infinity: all. */
  readonly heldFromMs: number;
  readonly held: readonly HeldIncrease[];
  readonly state: SeriesState;
}

/**
 * Folds a series anew: from its floor, or from the last anchor at or before the hour of `sinceMs`
 * (null: from as early as can be), to its end. The part of the floor's hour before the floor was
 * recorded with the floor, so that hour is complete, too.
 */
export async function recomputeSeries(
  reader: StoredReader,
  series: NamedSeries,
  tariff: Tariff,
  sinceMs: number | null,
): Promise<Recomputed> {
  const sinceHourMs = sinceMs === null ? Number.NEGATIVE_INFINITY : hourOf(sinceMs);
  const endMs = Number.POSITIVE_INFINITY;
  const { samples } = await readToAnchor(reader, series, tariff, sinceHourMs, endMs);
  const { floor, floorPart } = series;
  const startsAtFloor = floor !== null && samples[0]?.timeMs === floor.timeMs;
  const floorHourMs = floor === null ? Number.NEGATIVE_INFINITY : hourOf(floor.timeMs);
  const fromHourMs = startsAtFloor ? Math.max(sinceHourMs, floorHourMs) : sinceHourMs;
  const { hours, held, openDrop } = fold(samples, tariff, { firstIsFloor: startsAtFloor });
  if (floorPart !== null && fromHourMs === floorHourMs) {
    addUsageAndCredits(hours, floorHourMs, floorPart);
  }
  for (const hour of hours.keys()) if (hour < fromHourMs) hours.delete(hour);
  const heldFromMs = samples[0]?.timeMs ?? floor?.timeMs ?? Number.NEGATIVE_INFINITY;
  const state = { last: samples.at(-1) ?? null, openDrop };
  return { fromHourMs, hours, heldFromMs, held, state };
}
