import { bookSeries, type SeriesState } from "../../billing/booking.ts";
import type { HourlyCosts } from "../../billing/hourly-costs.ts";
import type { Measurement, SeriesKey } from "../../billing/measurement.ts";
import { type Conflict, mergeSamples } from "../../billing/merge.ts";
import type { Sample } from "../../billing/sample.ts";
import type { TariffOf } from "../../billing/tariff-book.ts";
import { bookFromStored } from "./book-from-stored.ts";
import type { DroppedSamples } from "./dropped-samples.ts";
import { groupBySeries } from "./group-by-series.ts";
import { type RefusedSample, refuseSettled } from "./refuse-settled.ts";
import type { StoredSeries } from "./stored-series.ts";
import type { StoredReader } from "./stored-window.ts";

/** The changes that the booking of one series makes. */
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

/** Instants of one series, Unix milliseconds. */
export interface TimesRequest {
  readonly seriesId: number;
  readonly timesMs: readonly number[];
}

/** The ledger within one transaction. */
export interface Ledger extends StoredReader {
  /** Each of these with its series, which is created where it is missing; locks their projects. */
  lockSeries<Keyed extends { readonly key: SeriesKey }>(
    keyed: readonly Keyed[],
  ): Promise<readonly (Keyed & { readonly series: StoredSeries })[]>;
  tariffs(): Promise<TariffOf>;
  /** Each request with what is stored at exactly its times, ascending. */
  readAt<Request extends TimesRequest>(
    requests: readonly Request[],
  ): Promise<readonly (Request & { readonly stored: readonly Sample[] })[]>;
  write(changes: readonly SeriesChange[]): Promise<void>;
  /** Counts samples that were sent but not billed. */
  countDropped(dropped: readonly DroppedSamples[]): Promise<void>;
}

/** Runs the work in one transaction; all of it takes effect or nothing does. */
export type WithLedger = <T>(work: (ledger: Ledger) => Promise<T>) => Promise<T>;

/** The database has no tariff for an accepted metric yet: it comes with the next migration. */
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
    // Last, because all billers count for the same few keys and would wait long for each other's rows.
    if (dropped.length > 0) await ledger.countDropped(dropped);
  });
}

async function bill(measurements: readonly Measurement[], ledger: Ledger): Promise<void> {
  const locked = await ledger.lockSeries(groupBySeries(measurements));
  const tariffOf = await ledger.tariffs();
  const rated = locked.map((one) => {
    const { key, series, received } = one;
    const tariff = tariffOf(key.metric, series.rerateIds);
    if (tariff === undefined) throw new TariffMissing(`There is no tariff for ${key.metric}`);
    return { ...one, tariff, ...refuseSettled(received, series) };
  });
  const merged = await mergeWithStored(ledger, rated);
  const booked = await bookFromStored(ledger, merged, ({ samples, ...query }) =>
    bookSeries({ ...query, fresh: samples }),
  );
  const changes = booked
    .filter(
      ({ samples, conflicts, refused }) => samples.length + conflicts.length + refused.length > 0,
    )
    .map(({ series, samples, conflicts, refused, booking }): SeriesChange => {
      const { seriesId, projectId } = series;
      return { seriesId, projectId, samples, conflicts, refused, ...booking };
    });
  if (changes.length > 0) await ledger.write(changes);
}

/** Adds to each series the accepted samples that make a difference, and the conflicts among them. */
async function mergeWithStored<Rated extends AcceptedSamples>(
  ledger: Ledger,
  rated: readonly Rated[],
): Promise<readonly (Rated & Pick<SeriesChange, "samples" | "conflicts">)[]> {
  const requests = rated.map((one) => {
    const { seriesId, state } = one.series;
    return { one, seriesId, timesMs: timesNotNew(one.accepted, state) };
  });
  return (await ledger.readAt(requests)).map(({ one, stored }) => {
    const { changed, conflicts } = mergeSamples(stored, one.accepted);
    return { ...one, samples: changed, conflicts };
  });
}

interface AcceptedSamples {
  readonly series: StoredSeries;
  readonly accepted: readonly Sample[];
}

/** Only what is not later than the series' last measurement can be stored already. */
function timesNotNew(accepted: readonly Sample[], { last }: SeriesState): readonly number[] {
  const lastMs = last?.timeMs ?? Number.NEGATIVE_INFINITY;
  return accepted.map(({ timeMs }) => timeMs).filter((timeMs) => timeMs <= lastMs);
}
