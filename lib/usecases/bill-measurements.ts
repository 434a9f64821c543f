import {
  bookSeries,
  type Conflict,
  mergeSamples,
  type SeriesBooking,
  type SeriesState,
} from "../billing/booking.ts";
import { parseDecimal, VALUE_SCALE } from "../billing/decimal.ts";
import type { HourlyCosts, Sample } from "../billing/fold.ts";
import type { Measurement, SeriesKey } from "../billing/measurement.ts";
import type { Tariff } from "../billing/tariff.ts";
import { bookFromStored, type StoredReader } from "./book-from-stored.ts";
import { groupBySeries } from "./group-by-series.ts";

/** A series as it is stored, its project locked until the transaction ends. */
export interface LockedSeries {
  readonly seriesId: number;
  readonly projectId: number;
  readonly state: SeriesState;
}

/** What the booking of one series changes. */
export interface SeriesChange {
  readonly seriesId: number;
  readonly projectId: number;
  /** New or lowered measurements. */
  readonly samples: readonly Sample[];
  readonly conflicts: readonly Conflict[];
  readonly hours: HourlyCosts;
  /** The part of `hours` that changes what was billed before. */
  readonly corrections: HourlyCosts;
  readonly state: SeriesState;
}

/** The ledger within one transaction. */
export interface Ledger extends StoredReader {
  /** Creates what is missing, locks the projects, and answers in the order of the keys. */
  lockSeries(keys: readonly SeriesKey[]): Promise<readonly LockedSeries[]>;
  tariffs(): Promise<ReadonlyMap<string, Tariff>>;
  /** The stored samples at exactly these times, ascending per series. */
  samplesAt(
    times: readonly { readonly seriesId: number; readonly timeMs: number }[],
  ): Promise<ReadonlyMap<number, readonly Sample[]>>;
  write(changes: readonly SeriesChange[]): Promise<void>;
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
): Promise<void> {
  if (measurements.length === 0) return;
  const groups = groupBySeries(measurements);
  const received = groups.map(({ samples }) =>
    samples.map(({ timeMs, value }) => ({ timeMs, value: parseDecimal(value, VALUE_SCALE) })),
  );
  await withLedger(async (ledger) => {
    const series = await ledger.lockSeries(groups.map(({ key }) => key));
    const tariffs = await ledger.tariffs();
    const inputs = groups.map(({ key }, index): SeriesInput => {
      const tariff = tariffs.get(key.metric);
      if (tariff === undefined) throw new TariffMissing(`There is no tariff for ${key.metric}`);
      return {
        series: series[index] as LockedSeries,
        tariff,
        samples: received[index] as readonly Sample[],
      };
    });
    const changes = await bookAll(ledger, inputs);
    if (changes.length > 0) await ledger.write(changes);
  });
}

interface SeriesInput {
  readonly series: LockedSeries;
  readonly tariff: Tariff;
  readonly samples: readonly Sample[];
}

async function bookAll(ledger: Ledger, inputs: readonly SeriesInput[]): Promise<SeriesChange[]> {
  const known = await ledger.samplesAt(inputs.flatMap(timesNotNew));
  const merges = inputs.map(({ series, samples }) =>
    mergeSamples(known.get(series.seriesId) ?? [], samples),
  );
  const bookings = await bookFromStored(
    ledger,
    inputs.map(({ series, tariff }, index) => ({
      seriesId: series.seriesId,
      state: series.state,
      tariff,
      fresh: merges[index]?.changed ?? [],
    })),
    bookSeries,
  );
  return inputs.flatMap(({ series }, index): SeriesChange[] => {
    const { changed, conflicts } = merges[index] ?? mergeSamples([], []);
    if (changed.length === 0 && conflicts.length === 0) return [];
    const booking = bookings[index] as SeriesBooking;
    return [{ ...series, ...booking, samples: changed, conflicts }];
  });
}

/** Only what is not later than the series' last measurement can be stored already. */
function timesNotNew({ series, samples }: SeriesInput) {
  const lastMs = series.state.last?.timeMs ?? Number.NEGATIVE_INFINITY;
  return samples
    .filter(({ timeMs }) => timeMs <= lastMs)
    .map(({ timeMs }) => ({ seriesId: series.seriesId, timeMs }));
}
