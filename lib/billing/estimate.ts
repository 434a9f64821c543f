import { roundHalfEvenToStep, VALUE_SCALE } from "./decimal.ts";
import { creditsOf, periodIndexAt, type Tariff } from "./tariff.ts";

const toPriceScale = 10n ** BigInt(VALUE_SCALE);

/** Credits per unit in force at the instant, at PRICE_SCALE; 0 before the first price. */
export const priceAt = (tariff: Tariff, timeMs: number): bigint =>
  creditsOf(tariff, periodIndexAt(tariff, timeMs));

/**
 * What amounts (at VALUE_SCALE) cost at prices (at PRICE_SCALE): each product rounded half-even to the
 * step (at PRICE_SCALE), then summed. An estimate for people; the ledger never rounds.
 */
export function estimateCost(
  items: readonly { readonly amount: bigint; readonly price: bigint }[],
  step: bigint,
): bigint {
  const fineStep = step * toPriceScale;
  return items.reduce(
    (sum, { amount, price }) => sum + roundHalfEvenToStep(amount * price, fineStep),
    0n,
  );
}
