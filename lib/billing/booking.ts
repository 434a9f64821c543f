import { type StoredWindow, type Stretch, samplesToFold, type WindowTooSmall } from "./anchors.ts";
import { type BookingDoubts, IncreaseWatch } from "./doubts.ts";
import { type Fold, fold } from "./fold.ts";
import { type HeldChange, heldDifference, noHeldChange, nothingHeld } from "./held-increases.ts";
import { difference, type HourlyCosts, noHours } from "./hourly-costs.ts";
import type { OpenDrop, Sample } from "./sample.ts";
import { dipWindowAt, type Tariff } from "./tariff.ts";

/** All that must be remembered of a series to book what comes after its last sample. */
export interface SeriesState {
  readonly last: Sample | null;
  readonly openDrop: OpenDrop | null;
}

/** A series of which nothing is stored yet. */
export const EMPTY_SERIES: SeriesState = { last: null, openDrop: null };

export interface SeriesBooking {
  /** The amounts to add to the ledger, hour by hour; may be negative where late samples correct it. */
  readonly hours: HourlyCosts;
  /** The part of `hours` that fresh samples at or before the previous last one account for. */
  readonly corrections: HourlyCosts;
  readonly held: HeldChange;
  readonly state: SeriesState;
  readonly doubts: BookingDoubts;
}

/** Stored samples must be read first. */
export interface StoredNeeded extends WindowTooSmall {
  /** If given, all stored samples from this time to the end are enough. */
  readonly fromMs?: number;
}

export interface SeriesQuery {
  readonly state: SeriesState;
  /** New or lowered samples, ascending, one per time: `changed` of `mergeSamples`. */
  readonly fresh: readonly Sample[];
  readonly tariff: Tariff;
  /** The samples read, without `fresh`; left out at first, because most bookings need none. */
  readonly window?: StoredWindow | undefined;
  /** The fastest that the series rose so far, see `BookingDoubts`; 0: it never did. */
  readonly largestPace?: number;
}

/**
 * Books fresh samples: `f(stored ∪ fresh) − f(stored)`, so that after any sequence of bookings the
 * ledger is f of all samples. In order or late, it is the same formula over the same two folds; the
 * cases differ only in where the samples to fold come from.
 */
export function bookSeries(query: SeriesQuery): SeriesBooking | StoredNeeded {
  const { state, fresh, largestPace = 0 } = query;
  if (fresh.length === 0) {
    return {
      hours: noHours,
      corrections: noHours,
      held: noHeldChange,
      state,
      doubts: { deepDipsMs: [], largeSteps: [], largestPace },
    };
  }
  const stretch = findStretch(query);
  if ("need" in stretch) return stretch;
  return bookStretch(query, stretch);
}

/**
 * From the state alone where that is enough, else from stored samples. Samples that continue a series
 * and decide its open drop as a reset start at the peak: the fold stands there, and everything before
 * it is decided for good.
 */
function findStretch({ state, fresh, tariff, window }: SeriesQuery): Stretch | StoredNeeded {
  const late = isLate(state, fresh);
  const stretch = late ? null : stretchFromState(state, fresh, tariff);
  if (stretch !== null) return stretch;
  const knownStartMs = late ? undefined : state.openDrop?.peak.timeMs;
  if (window !== undefined) return samplesToFold({ ...window, fresh, tariff, knownStartMs });
  return knownStartMs === undefined ? { need: "both" } : { need: "earlier", fromMs: knownStartMs };
}

function bookStretch(
  { state, fresh, tariff, largestPace = 0 }: SeriesQuery,
  stretch: Stretch,
): SeriesBooking {
  const late = isLate(state, fresh);
  const watch = new IncreaseWatch(largestPace, late ? timesOf(fresh) : null);
  const before = foldBefore(stretch.before, tariff);
  const after = fold(stretch.after, tariff, { watch });
  return {
    hours: difference(before.hours, after.hours),
    corrections: late ? difference(before.hours, lateFold(stretch, state, tariff)) : noHours,
    held: heldDifference(before.held, after.held),
    doubts: watch,
    state: stretch.reachesEnd
      ? { last: stretch.after.at(-1) ?? null, openDrop: after.openDrop }
      : state,
  };
}

/** A single sample of a counter or a gauge has used nothing yet, which is what most stretches begin with. */
const foldBefore = (
  samples: readonly Sample[],
  tariff: Tariff,
): { readonly hours: HourlyCosts; readonly held: Fold["held"] } =>
  samples.length === 1 && tariff.kind !== "delta"
    ? { hours: noHours, held: nothingHeld }
    : fold(samples, tariff);

const timesOf = (samples: readonly Sample[]): ReadonlySet<number> =>
  new Set(samples.map(({ timeMs }) => timeMs));

/** Whether any of the samples is at or before the last one that was booked. */
function isLate({ last }: SeriesState, fresh: readonly Sample[]): boolean {
  return last !== null && (fresh[0] as Sample).timeMs <= last.timeMs;
}

/** The stretch without what continues the series: late samples correct, the others only add. */
function lateFold(stretch: Stretch, { last }: SeriesState, tariff: Tariff): HourlyCosts {
  const lastMs = last?.timeMs ?? Number.NEGATIVE_INFINITY;
  return fold(
    stretch.after.filter(({ timeMs }) => timeMs <= lastMs),
    tariff,
  ).hours;
}

/**
 * The stretch for samples that continue a series, if the state tells enough: nothing that comes after
 * the last sample changes what was decided before it. While a drop is open, the values since then are
 * not known, only that they are lower than the peak; that is enough as long as the drop stays open or
 * heals, and if it happened at the last sample itself.
 */
function stretchFromState(
  { last, openDrop }: SeriesState,
  fresh: readonly Sample[],
  tariff: Tariff,
): Stretch | null {
  if (last === null) return { before: [], after: fresh, reachesEnd: true };
  if (openDrop === null) return { before: [last], after: [last, ...fresh], reachesEnd: true };
  const { peak, droppedAtMs } = openDrop;
  const known: Sample[] = [peak, last];
  if (droppedAtMs !== last.timeMs) {
    if (isReset(openDrop, fresh, tariff)) return null;
    known.splice(1, 0, { timeMs: droppedAtMs, value: last.value });
  }
  return { before: known, after: [...known, ...fresh], reachesEnd: true };
}

/** The window has passed, and the old value has not come back in it. */
function isReset(
  { peak, droppedAtMs }: OpenDrop,
  fresh: readonly Sample[],
  tariff: Tariff,
): boolean {
  const windowEndMs = droppedAtMs + dipWindowAt(tariff, peak.timeMs);
  if ((fresh.at(-1) as Sample).timeMs <= windowEndMs) return false;
  return !fresh.some(({ timeMs, value }) => timeMs <= windowEndMs && value >= peak.value);
}
