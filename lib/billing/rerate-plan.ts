import { periodIndexAt, type Tariff } from "./tariff.ts";
import { type TariffRecord, tariffBook } from "./tariff-book.ts";

/** A price from an instant on, until the next start that is recorded. */
export interface PastPrice {
  readonly metric: string;
  /** At PRICE_SCALE. */
  readonly credits: bigint;
  readonly fromMs: number;
}

export interface ReratePlan {
  readonly records: readonly TariffRecord[];
  /** The re-ratings of everything, whose tariffs hold in general. */
  readonly generalRerates: readonly number[];
  readonly sinceMs: number;
  readonly nowMs: number;
  /** Empty: today's tariff of every metric is to hold from `sinceMs` on. */
  readonly prices: readonly PastPrice[];
}

/** A metric that has no tariff cannot be re-rated. */
export class MetricUnknown extends Error {
  override readonly name = "MetricUnknown";
}

/** The tariff records to append, each for the re-rated series only; null stands for the re-rating. */
export function planRerate(plan: ReratePlan): readonly TariffRecord[] {
  const { records, generalRerates, prices } = plan;
  const tariffOf = tariffBook(records);
  if (prices.length > 0) {
    return prices.map(({ metric, credits, fromMs }) => {
      const tariff = tariffOf(metric, generalRerates);
      if (tariff === undefined) throw new MetricUnknown(`There is no tariff for ${metric}`);
      return recordAt(metric, tariff, fromMs, fromMs, credits);
    });
  }
  return [...new Set(records.map(({ metric }) => metric))].flatMap((metric) => {
    const tariff = tariffOf(metric, generalRerates);
    return tariff === undefined ? [] : todaysTariff(metric, tariff, plan);
  });
}

/** Today's rules at `sinceMs` and at every later start: none of those may win over them. */
function todaysTariff(
  metric: string,
  tariff: Tariff,
  { records, sinceMs, nowMs }: ReratePlan,
): TariffRecord[] {
  const starts = records
    .filter((one) => one.metric === metric)
    .map(({ period }) => period.fromMs)
    .filter((fromMs) => fromMs > sinceMs && fromMs <= nowMs);
  return [...new Set([sinceMs, ...starts])]
    .sort((a, b) => a - b)
    .map((fromMs) => recordAt(metric, tariff, fromMs, nowMs));
}

/** The tariff's rules at one instant, as a record for another one. */
function recordAt(
  metric: string,
  { kind, unit, periods }: Tariff,
  fromMs: number,
  ruleMs: number,
  credits?: bigint,
): TariffRecord {
  const index = periodIndexAt({ kind, unit, periods }, ruleMs);
  const rule = periods[Math.max(0, index)];
  if (rule === undefined) throw new RangeError("A tariff needs at least one period");
  const price = credits ?? (index === -1 ? 0n : rule.credits);
  return { metric, kind, unit, period: { ...rule, fromMs, credits: price }, rerateId: null };
}
