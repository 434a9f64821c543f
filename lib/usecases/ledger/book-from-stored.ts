import type { StoredWindow, WindowTooSmall } from "../../billing/anchors.ts";
import type { SeriesState, StoredNeeded } from "../../billing/booking.ts";
import type { Sample } from "../../billing/sample.ts";

import { largestDipWindow, type Tariff } from "../../billing/tariff.ts";

/** A stretch of time of one series, Unix milliseconds, both inclusive; null: without end. */
export interface WindowRequest {
  readonly seriesId: number;
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

export interface StoredReader {
  /**
   * The stored samples in each stretch and the last one before it, ascending, in the order of the
   * requests. Where retention has not deleted them yet, samples up to the floor may be among them.
   */
  readWindows(requests: readonly WindowRequest[]): Promise<readonly (readonly Sample[])[]>;
}

export interface BookingInput {
  readonly seriesId: number;
  readonly state: SeriesState;
  /** The retention floor, with which what is stored begins; null: none. */
  readonly floor: Sample | null;
  readonly tariff: Tariff;
  readonly fresh: readonly Sample[];
}

type Book<Booking> = (
  query: Omit<BookingInput, "seriesId" | "floor"> & { readonly window?: StoredWindow },
) => Booking | StoredNeeded;

// Where the nearest anchor is not found, the next read reaches this many times further.
const growth = 8;
// A scrape interval or two beyond the dip window is where an anchor of an undisturbed series lies.
const reachMs = 5 * 60_000;
// 5 minutes × 8^7 are 19 years; what is not found by then is read without end.
const readsMax = 8;

/**
 * Books every series; those that cannot be booked from their state alone get windows of stored
 * samples, all of them in one read, growing until they hold the anchors.
 */
export async function bookFromStored<Booking extends object>(
  reader: StoredReader,
  inputs: readonly BookingInput[],
  book: Book<Booking>,
): Promise<readonly Booking[]> {
  const bookings: (Booking | undefined)[] = inputs.map(() => undefined);
  let open = inputs.map((input, index) => ({ index, input, reach: initialReach(input) }));
  let windows: readonly (StoredWindow | undefined)[] = [];
  for (let reads = 0; open.length > 0; reads++) {
    const next: typeof open = [];
    for (const [position, { index, input, reach }] of open.entries()) {
      const window = windows[position];
      const result = book(window === undefined ? input : { ...input, window });
      if (!("need" in result)) bookings[index] = result;
      else
        next.push({
          index,
          input,
          reach: window ? grown(reach, result, reads) : within(reach, result),
        });
    }
    open = next;
    if (open.length > 0) windows = await readWindows(reader, open);
  }
  return bookings as Booking[];
}

/** How far to read, Unix milliseconds; -Infinity and Infinity for all there is. */
interface Reach {
  readonly fromMs: number;
  readonly toMs: number;
}

function initialReach({ fresh, tariff }: BookingInput): Reach {
  const earliestMs = fresh[0]?.timeMs ?? 0;
  const latestMs = fresh.at(-1)?.timeMs ?? 0;
  return { fromMs: earliestMs - largestDipWindow(tariff) - reachMs, toMs: latestMs + reachMs };
}

/** An open drop tells where to begin, and needs everything from there. */
const within = (reach: Reach, { fromMs }: StoredNeeded): Reach =>
  fromMs === undefined ? reach : { fromMs, toMs: Number.POSITIVE_INFINITY };

function grown(reach: Reach, { need }: WindowTooSmall, reads: number): Reach {
  const step = reads >= readsMax ? Number.POSITIVE_INFINITY : reachMs * growth ** reads;
  return {
    fromMs: need === "later" ? reach.fromMs : reach.fromMs - step,
    toMs: need === "earlier" ? reach.toMs : reach.toMs + step,
  };
}

async function readWindows(
  reader: StoredReader,
  open: readonly { readonly input: BookingInput; readonly reach: Reach }[],
): Promise<readonly StoredWindow[]> {
  const finite = (ms: number) => (Number.isFinite(ms) ? ms : null);
  const read = await reader.readWindows(
    open.map(({ input: { seriesId }, reach }) => ({
      seriesId,
      fromMs: finite(reach.fromMs),
      toMs: finite(reach.toMs),
    })),
  );
  return open.map(({ input: { floor, state }, reach }, index): StoredWindow => {
    const window = fromFloor(read[index] ?? [], floor, reach.fromMs);
    return {
      ...window,
      reachesEnd: reach.toMs >= (state.last?.timeMs ?? Number.NEGATIVE_INFINITY),
    };
  });
}

/**
 * What was read from an instant on, without what lies behind the floor: a series with a floor begins
 * there, and the floor itself is known from the series, because its row may be deleted.
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
