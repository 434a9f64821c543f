import type { MetricKind, Tariff, TariffPeriod } from "./tariff.ts";

/** One row of the tariffs as they were recorded. */
export interface TariffRecord {
  readonly metric: string;
  readonly kind: MetricKind;
  readonly unit: string;
  readonly period: TariffPeriod;
  /** The re-rating that recorded it; null: it counts for every series. */
  readonly rerateId: number | null;
}

/** The tariff of a metric for a series whose ledger contains these re-ratings. */
export type TariffOf = (metric: string, rerateIds: readonly number[]) => Tariff | undefined;

/**
 * Tariffs out of their records, in the order in which they were recorded: of two for one instant the
 * later one counts. A record of a re-rating counts for those series only that were re-rated by it, so
 * that a ledger is f of its samples and tariffs at any time, also while a re-rating is under way.
 */
export function tariffBook(records: readonly TariffRecord[]): TariffOf {
  const byMetric = Map.groupBy(records, ({ metric }) => metric);
  const known = new Map<string, Tariff | undefined>();
  return (metric, rerateIds) => {
    const id = `${metric}\n${rerateIds.join()}`;
    if (!known.has(id)) known.set(id, tariffFrom(byMetric.get(metric) ?? [], rerateIds));
    return known.get(id);
  };
}

function tariffFrom(
  records: readonly TariffRecord[],
  rerateIds: readonly number[],
): Tariff | undefined {
  const counting = records.filter(
    ({ rerateId }) => rerateId === null || rerateIds.includes(rerateId),
  );
  const [first] = counting;
  if (first === undefined) return undefined;
  const latest = new Map(counting.map(({ period }) => [period.fromMs, period]));
  const periods = [...latest.values()].sort((a, b) => (a.fromMs < b.fromMs ? -1 : 1));
  return { kind: first.kind, unit: first.unit, periods };
}
