import { bookSeries, type SeriesBooking, type SeriesState } from "../../billing/booking.ts";
import { parseDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { HourlyCosts } from "../../billing/hourly-costs.ts";
import type { Measurement, SeriesKey } from "../../billing/measurement.ts";
import { type Conflict, mergeSamples } from "../../billing/merge.ts";
import type { Sample } from "../../billing/sample.ts";
import type { Tariff } from "../../billing/tariff.ts";
import type { TariffOf } from "../../billing/tariff-book.ts";
import { bookFromStored, type StoredReader } from "./book-from-stored.ts";
import type { DroppedSamples } from "./dropped-samples.ts";
import { groupBySeries } from "./group-by-series.ts";
import { type RefusedSample, type Settled, sortOut } from "./refuse-settled.ts";

/** A series as it is stored, its project locked until the transaction ends. */
export interface LockedSeries extends Settled {
  readonly seriesId: number;
  readonly projectId: number;
  /** The re-ratings that its ledger contains. */
  readonly rerateIds: readonly number[];
  readonly state: SeriesState;
}

/** What the booking of one series changes. */
export interface SeriesChange {
  readonly seriesId: number;
  readonly projectId: number;
  /** New or lowered measurements. */
  readonly samples: readonly Sample[];
  readonly conflicts: readonly Conflict[];
  readonly refused: readonly RefusedSample[];
  readonly hours: HourlyCosts;
  /** The part of `hours` that changes what was billed before. */
  readonly corrections: HourlyCosts;
  readonly state: SeriesState;
}

/** The ledger within one transaction. */
export interface Ledger extends StoredReader {
  /** Creates what is missing, locks the projects, and answers in the order of the keys. */
  lockSeries(keys: readonly SeriesKey[]): Promise<readonly LockedSeries[]>;
  tariffs(): Promise<TariffOf>;
  /** The stored samples at exactly these times, ascending per series. */
  samplesAt(
    times: readonly { readonly seriesId: number; readonly timeMs: number }[],
  ): Promise<ReadonlyMap<number, readonly Sample[]>>;
  write(changes: readonly SeriesChange[]): Promise<void>;
  /** Adds up what senders sent and was not billed. */
  countDropped(dropped: readonly DroppedSamples[]): Promise<void>;
}

/** Runs the work in one transaction; all of it takes effect or nothing does. */
export type WithLedger = <T>(work: (ledger: Ledger) => Promise<T>) => Promise<T>;

/** The database has no tariff yet for what was accepted: it comes with the next migration. */
export class TariffMissing extends Error {
  override readonly name = "TariffMissing";
}

/**
 * Bills measurements, each exactly once, however often, in whatever order and company they arrive:
 * books `f(stored ∪ new) − f(stored)` per series and hour in one transaction (lib/billing/README.md).
 */
export async function billMeasurements(
  measurements: readonly Measurement[],
  withLedger: WithLedger,
  dropped: readonly DroppedSamples[] = [],
): Promise<void> {
  if (measurements.length + dropped.length === 0) return;
  await withLedger(async (ledger) => {
    if (measurements.length > 0) await bill(measurements, ledger);
    // Last, because all billers count for the same few keys: the rows are locked until the end only.
    if (dropped.length > 0) await ledger.countDropped(dropped);
  });
}

async function bill(measurements: readonly Measurement[], ledger: Ledger): Promise<void> {
  const groups = groupBySeries(measurements);
  const received = groups.map(({ samples }) =>
    samples.map(({ timeMs, value }) => ({ timeMs, value: parseDecimal(value, VALUE_SCALE) })),
  );
  const series = await ledger.lockSeries(groups.map(({ key }) => key));
  const tariffOf = await ledger.tariffs();
  const inputs = groups.map(({ key }, index): SeriesInput => {
    const one = series[index] as LockedSeries;
    const tariff = tariffOf(key.metric, one.rerateIds);
    if (tariff === undefined) throw new TariffMissing(`There is no tariff for ${key.metric}`);
    return { series: one, tariff, ...sortOut(received[index] as readonly Sample[], one) };
  });
  const changes = await bookAll(ledger, inputs);
  if (changes.length > 0) await ledger.write(changes);
}

interface SeriesInput {
  readonly series: LockedSeries;
  readonly tariff: Tariff;
  readonly accepted: readonly Sample[];
  readonly refused: readonly RefusedSample[];
}

async function bookAll(ledger: Ledger, inputs: readonly SeriesInput[]): Promise<SeriesChange[]> {
  const known = await ledger.samplesAt(inputs.flatMap(timesNotNew));
  const merges = inputs.map(({ series, accepted }) =>
    mergeSamples(known.get(series.seriesId) ?? [], accepted),
  );
  const bookings = await bookFromStored(
    ledger,
    inputs.map(({ series, tariff }, index) => ({
      seriesId: series.seriesId,
      state: series.state,
      floor: series.floor,
      tariff,
      fresh: merges[index]?.changed ?? [],
    })),
    bookSeries,
  );
  return inputs.flatMap(({ series, refused }, index): SeriesChange[] => {
    const { changed, conflicts } = merges[index] ?? mergeSamples([], []);
    if (changed.length + conflicts.length + refused.length === 0) return [];
    const booking = bookings[index] as SeriesBooking;
    return [{ ...series, ...booking, samples: changed, conflicts, refused }];
  });
}

/** Only what is not later than the series' last measurement can be stored already. */
function timesNotNew({ series, accepted }: SeriesInput) {
  const lastMs = series.state.last?.timeMs ?? Number.NEGATIVE_INFINITY;
  return accepted
    .filter(({ timeMs }) => timeMs <= lastMs)
    .map(({ timeMs }) => ({ seriesId: series.seriesId, timeMs }));
}
