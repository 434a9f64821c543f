import { floorAtOrBefore, type StoredWindow } from "../../billing/anchors.ts";
import type { Sample } from "../../billing/sample.ts";
import { largestDipWindow, type Tariff } from "../../billing/tariff.ts";
import { minuteMs } from "../../billing/time.ts";
import type { StoredSeries } from "./stored-series.ts";

/** A stretch of time of one series, Unix milliseconds, both inclusive; null: without end. */
export interface WindowRequest {
  readonly seriesId: number;
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/** Stored samples that are needed are damaged, or not in the order of time. */
export class SamplesUnreadable extends Error {
  override readonly name = "SamplesUnreadable";
}

export interface StoredReader {
  /**
   * Each request with the stored samples in its stretch and the last one before it, ascending. Where
   * retention has not deleted them yet, samples up to the floor may be among them. Throws `SamplesUnreadable`.
   */
  readWindows<Request extends WindowRequest>(
    requests: readonly Request[],
  ): Promise<readonly (Request & { readonly read: readonly Sample[] })[]>;
}

/** How far to read, Unix milliseconds; -Infinity and Infinity for all there is. */
export interface Reach {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A scrape interval or two beyond the dip window is where an anchor of an undisturbed series lies. */
export const reachMs = 5 * minuteMs;
// Where the nearest anchor is not found, the next read reaches this many times further.
const growth = 8;
// 5 minutes × 8^7 are 19 years; what is not found by then is read without end.
const readsMax = 8;

/** How much further to read after so many reads in which no anchor was found. */
export const furtherMs = (reads: number): number =>
  reads >= readsMax ? Number.POSITIVE_INFINITY : reachMs * growth ** reads;

export const windowRequest = (seriesId: number, { fromMs, toMs }: Reach): WindowRequest => ({
  seriesId,
  fromMs: Number.isFinite(fromMs) ? fromMs : null,
  toMs: Number.isFinite(toMs) ? toMs : null,
});

/** The stored samples of one stretch; see `StoredReader`. */
export async function readWindow(
  reader: StoredReader,
  request: WindowRequest,
): Promise<readonly Sample[]> {
  const windows = await reader.readWindows([request]);
  return windows.flatMap(({ read }) => read);
}

/**
 * The samples read from an instant on, without those before the floor: a series with a floor begins
 * there. The floor itself comes from the series, because its row may be deleted.
 */
export function fromFloor(
  read: readonly Sample[],
  floor: Sample | null,
  fromMs: number,
): Omit<StoredWindow, "reachesEnd"> {
  const stored = floor === null ? read : read.filter(({ timeMs }) => timeMs > floor.timeMs);
  // The one before the stretch comes along if there is one.
  const isWhole = (stored[0]?.timeMs ?? Number.POSITIVE_INFINITY) >= fromMs;
  if (floor === null || !isWhole) return { stored, reachesStart: isWhole };
  return { stored: [floor, ...stored], reachesStart: true };
}

export interface FromAnchor {
  /** null: the series has none there, and the samples begin with the series. */
  readonly anchor: Sample | null;
  readonly samples: readonly Sample[];
}

/** The last anchor at or before an instant, and all samples from it on up to another instant. */
export async function readToAnchor(
  reader: StoredReader,
  { seriesId, floor }: Pick<StoredSeries, "seriesId" | "floor">,
  tariff: Tariff,
  anchorMs: number,
  untilMs: number,
): Promise<FromAnchor> {
  let fromMs = anchorMs - largestDipWindow(tariff) - reachMs;
  for (let reads = 1; ; reads++) {
    const request = windowRequest(seriesId, { fromMs, toMs: untilMs });
    const window = fromFloor(await readWindow(reader, request), floor, fromMs);
    const anchor = floorAtOrBefore(window, tariff, anchorMs);
    if (anchor === null) return { anchor, samples: window.stored };
    if (!("need" in anchor)) {
      const samples = window.stored.filter(({ timeMs }) => timeMs >= anchor.timeMs);
      return { anchor, samples };
    }
    fromMs -= furtherMs(reads);
  }
}
