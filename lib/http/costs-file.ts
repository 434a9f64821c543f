import { priceThroughout } from "../billing/price-in-force.ts";
import type { Tariff } from "../billing/tariff.ts";
import { instantText } from "../usecases/reading/calendar.ts";
import type { CostsQuery } from "./hourly-costs.ts";
import { problem } from "./stack/problem.ts";

/** The most rows that a file of costs has. */
export const rowsMax = 100_000;

export function tooManyRows(rows: number) {
  const detail = `The range has ${rows} rows, more than ${rowsMax}: take a larger bucket or a shorter range.`;
  return problem("range-too-large", "bucket", detail);
}

/** Undefined: the metric was never priced. */
export type TariffOfMetric = (metric: string) => Tariff | undefined;

interface PricedUsage {
  readonly usage: bigint;
  readonly credits: bigint;
}

/** The price that the usage was billed at, at PRICE_SCALE: usage times price are the credits. null: there were several. */
export function billedPrice(
  { usage, credits }: PricedUsage,
  tariff: Tariff | undefined,
  fromMs: number,
  untilMs: number,
): bigint | null {
  const price = tariff === undefined ? null : priceThroughout(tariff, fromMs, untilMs);
  // While a re-rating is under way, some series have the price before.
  return price !== null && usage * price === credits ? price : null;
}

export function fileNameOf(
  { projectName, fromMs, untilMs, offset }: CostsQuery,
  dialect = "",
): string {
  const day = (ms: number) => instantText(ms, offset).slice(0, 10);
  // The last day is the one that the range still touches.
  return `${projectName} ${day(fromMs)} ${day(untilMs - 1)}${dialect}.csv`;
}
