import { roundHalfEvenToStep, VALUE_SCALE } from "./decimal.ts";

const toPriceScale = 10n ** BigInt(VALUE_SCALE);

/**
 * The cost of amounts (at VALUE_SCALE) at prices (at PRICE_SCALE): each product rounded half-even to the
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
