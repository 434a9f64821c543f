import { floorAtOrBefore, type StoredWindow } from "../../billing/anchors.ts";
import type { SeriesState } from "../../billing/booking.ts";
import { fold } from "../../billing/fold.ts";
import { addUsageAndCredits, type HourlyCosts } from "../../billing/hourly-costs.ts";
import { largestDipWindow, type Tariff } from "../../billing/tariff.ts";
import { hourOf } from "../../billing/time.ts";
import { fromFloor, type StoredReader } from "../ledger/book-from-stored.ts";
import type { NamedSeries } from "../ledger/stored-series.ts";

/** What the ledger of a series must hold from an hour on, derived from the stored samples alone. */
export interface Recomputed {
  /** First hour, Unix milliseconds, that can be derived; -Infinity: all. */
  readonly fromHourMs: number;
  readonly hours: HourlyCosts;
  readonly state: SeriesState;
}

const reachMs = 5 * 60_000;
const growth = 8;
const readsMax = 8;

/**
 * Folds a series anew: from its floor, or from the last anchor at or before the hour of `sinceMs`
 * (null: from as early as can be), to its end. What the floor's hour holds from before the floor was
 * recorded with the floor, so that hour is whole, too.
 */
export async function recomputeSeries(
  reader: StoredReader,
  series: NamedSeries,
  tariff: Tariff,
  sinceMs: number | null,
): Promise<Recomputed> {
  const sinceHourMs = sinceMs === null ? Number.NEGATIVE_INFINITY : hourOf(sinceMs);
  const { stored } = await readFromAnchor(reader, series, tariff, sinceHourMs);
  const { floor, floorPart } = series;
  const startsAtFloor = floor !== null && stored[0]?.timeMs === floor.timeMs;
  const floorHourMs = floor === null ? Number.NEGATIVE_INFINITY : hourOf(floor.timeMs);
  const fromHourMs = startsAtFloor ? Math.max(sinceHourMs, floorHourMs) : sinceHourMs;
  const { hours, openDrop } = fold(stored, tariff, { firstIsFloor: startsAtFloor });
  if (floorPart !== null && fromHourMs === floorHourMs) {
    addUsageAndCredits(hours, floorHourMs, floorPart);
  }
  for (const hour of hours.keys()) if (hour < fromHourMs) hours.delete(hour);
  return { fromHourMs, hours, state: { last: stored.at(-1) ?? null, openDrop } };
}

/** All samples from the last anchor at or before the instant, or from where the series begins. */
async function readFromAnchor(
  reader: StoredReader,
  { seriesId, floor }: NamedSeries,
  tariff: Tariff,
  untilMs: number,
): Promise<Pick<StoredWindow, "stored">> {
  let fromMs = untilMs - largestDipWindow(tariff) - reachMs;
  for (let reads = 0; ; reads++) {
    if (reads === readsMax) fromMs = Number.NEGATIVE_INFINITY;
    const request = { seriesId, fromMs: Number.isFinite(fromMs) ? fromMs : null, toMs: null };
    const [read = []] = await reader.readWindows([request]);
    const window = fromFloor(read, floor, fromMs);
    const anchor = floorAtOrBefore(window, tariff, untilMs);
    if (anchor === null) return window;
    if (!("need" in anchor)) {
      return { stored: window.stored.filter(({ timeMs }) => timeMs >= anchor.timeMs) };
    }
    fromMs -= reachMs * growth ** (reads + 1);
  }
}
