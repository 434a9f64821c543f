import type { SeriesState } from "../../billing/booking.ts";
import type { HourCost, HourlyCosts } from "../../billing/hourly-costs.ts";
import type { HoldDecision, Tariff } from "../../billing/tariff.ts";
import type { TariffOf } from "../../billing/tariff-book.ts";
import type { Settled } from "./refuse-settled.ts";

/** Which series an operator means: those that match all that is given; null: any. */
export interface SeriesScope {
  readonly projectName: string | null;
  readonly site: string | null;
  readonly metric: string | null;
  readonly resource: string | null;
}

export const everySeries: SeriesScope = {
  projectName: null,
  site: null,
  metric: null,
  resource: null,
};

/** Of a series, what is worth a look and not worth reading or writing with every scrape. */
export interface Traits {
  /** The fastest that it rose so far, see `BookingDoubts`. */
  readonly largestPace: number;
  /** Of the key that reported it last; null: not known. */
  readonly lastKey: string | null;
}

/** A series as it is stored. */
export interface StoredSeries extends Settled {
  readonly seriesId: number;
  readonly projectId: number;
  /** The re-ratings that its ledger contains. */
  readonly rerateIds: readonly number[];
  /** What was decided on its held increases, in the order of the decisions. */
  readonly holdDecisions: readonly HoldDecision[];
  /** undefined: they were not asked for. */
  readonly traits?: Traits;
  readonly state: SeriesState;
}

/** The tariff by which this series is billed: that of its metric, with what was decided on the series. */
export function tariffOfSeries(
  tariffOf: TariffOf,
  metric: string,
  { rerateIds, holdDecisions }: Pick<StoredSeries, "rerateIds" | "holdDecisions">,
): Tariff | undefined {
  const tariff = tariffOf(metric, rerateIds);
  return tariff === undefined || holdDecisions.length === 0 ? tariff : { ...tariff, holdDecisions };
}

/** A series with all that the ledger knows of it. */
export interface NamedSeries extends StoredSeries {
  readonly metric: string;
  readonly site: string;
  readonly resource: string;
  /** The part of the floor's hour that was used up to the floor; null: there is no floor. */
  readonly floorPart: HourCost | null;
}

/** Credits of all hours, at CREDITS_SCALE. */
export function creditsOfHours(hours: HourlyCosts): bigint {
  let sum = 0n;
  for (const { credits } of hours.values()) sum += credits;
  return sum;
}
