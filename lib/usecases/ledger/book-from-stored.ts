import type { StoredWindow, WindowTooSmall } from "../../billing/anchors.ts";
import type { SeriesState, StoredNeeded } from "../../billing/booking.ts";
import type { Sample } from "../../billing/sample.ts";
import { largestDipWindow, type Tariff } from "../../billing/tariff.ts";
import type { StoredSeries } from "./stored-series.ts";
import {
  fromFloor,
  furtherMs,
  type Reach,
  reachMs,
  type StoredReader,
  windowRequest,
} from "./stored-window.ts";

export interface BookingInput {
  readonly series: Pick<StoredSeries, "seriesId" | "state" | "floor">;
  readonly tariff: Tariff;
  /** The samples that change the series, ascending, one per time. */
  readonly samples: readonly Sample[];
  /** The stretch that was read of the series already. */
  readonly read?: ReadStretch | undefined;
}

/** Stored samples, and how far they were asked for. */
export interface ReadStretch {
  readonly reach: Reach;
  readonly window: StoredWindow;
}

interface BookingQuery {
  readonly state: SeriesState;
  readonly tariff: Tariff;
  readonly samples: readonly Sample[];
  readonly window?: StoredWindow | undefined;
}

export interface Booked<Input, Booking> {
  readonly input: Input;
  readonly booking: Booking;
}

/** An input with the stretch that is to be read of it. */
interface Unread<Input> {
  readonly input: Input;
  readonly reach: Reach;
}

/**
 * Books every series and answers each input with its booking. Those that cannot be booked from their
 * state alone get windows of stored samples, all of them in one read, growing until they hold the
 * anchors.
 */
export async function bookFromStored<Input extends BookingInput, Booking extends object>(
  reader: StoredReader,
  inputs: readonly Input[],
  book: (query: BookingQuery, input: Input) => Booking | StoredNeeded,
): Promise<readonly Booked<Input, Booking>[]> {
  const booked: Booked<Input, Booking>[] = [];
  let open: Unread<Input>[] = [];
  for (const input of inputs) {
    const { series, tariff, samples, read } = input;
    const result = book({ state: series.state, tariff, samples, window: read?.window }, input);
    if (!("need" in result)) booked.push({ input, booking: result });
    else if (read !== undefined) open.push({ input, reach: grown(read.reach, result, 0) });
    else open.push({ input, reach: within(initialReach(samples, tariff), result) });
  }
  for (let reads = 1; open.length > 0; reads++) {
    const tooSmall: Unread<Input>[] = [];
    for (const { input, read } of await readStretches(reader, open)) {
      const { series, tariff, samples } = input;
      const result = book({ state: series.state, tariff, samples, window: read.window }, input);
      if (!("need" in result)) booked.push({ input, booking: result });
      else tooSmall.push({ input, reach: grown(read.reach, result, reads) });
    }
    open = tooSmall;
  }
  return booked;
}

/** As far around samples (ascending) as the anchors of an undisturbed series lie. */
export function initialReach(samples: readonly Sample[], tariff: Tariff): Reach {
  const earliestMs = samples[0]?.timeMs ?? 0;
  const latestMs = samples.at(-1)?.timeMs ?? 0;
  return { fromMs: earliestMs - largestDipWindow(tariff) - reachMs, toMs: latestMs + reachMs };
}

/** An open drop tells where to begin, and needs everything from there. */
const within = (reach: Reach, { fromMs }: StoredNeeded): Reach =>
  fromMs === undefined ? reach : { fromMs, toMs: Number.POSITIVE_INFINITY };

function grown(reach: Reach, { need }: WindowTooSmall, reads: number): Reach {
  const stepMs = furtherMs(reads);
  return {
    fromMs: need === "later" ? reach.fromMs : reach.fromMs - stepMs,
    toMs: need === "earlier" ? reach.toMs : reach.toMs + stepMs,
  };
}

/** Each of these with what is stored in its stretch. */
export async function readStretches<Input extends Pick<BookingInput, "series">>(
  reader: StoredReader,
  wanted: readonly Unread<Input>[],
): Promise<readonly { readonly input: Input; readonly read: ReadStretch }[]> {
  const windows = await reader.readWindows(
    wanted.map(({ input, reach }) => ({
      ...windowRequest(input.series.seriesId, reach),
      input,
      reach,
    })),
  );
  return windows.map(({ input, reach, read }) => {
    const { floor, state } = input.series;
    const lastMs = state.last?.timeMs ?? Number.NEGATIVE_INFINITY;
    const window = { ...fromFloor(read, floor, reach.fromMs), reachesEnd: reach.toMs >= lastMs };
    return { input, read: { reach, window } };
  });
}
