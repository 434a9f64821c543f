import { periodIndexAt, type Tariff } from "./tariff.ts";

/** Credits per unit in the period; nothing before the first price. */
export function creditsOf(tariff: Tariff, periodIndex: number): bigint {
  return tariff.periods[periodIndex]?.credits ?? 0n;
}

/** Credits per unit from one instant up to another, exclusive, at PRICE_SCALE; null where it changes in between. */
export function priceThroughout(tariff: Tariff, fromMs: number, untilMs: number): bigint | null {
  const price = priceAt(tariff, fromMs);
  const isSame = tariff.periods.every(
    (period) => period.fromMs <= fromMs || period.fromMs >= untilMs || period.credits === price,
  );
  return isSame ? price : null;
}

/** Credits per unit in force at the instant, at PRICE_SCALE; 0 before the first price. */
export const priceAt = (tariff: Tariff, timeMs: number): bigint =>
  creditsOf(tariff, periodIndexAt(tariff, timeMs));
