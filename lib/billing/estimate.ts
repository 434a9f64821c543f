import { divideHalfEven, roundHalfEvenToStep, VALUE_SCALE } from "./decimal.ts";
import { priceAt } from "./price-in-force.ts";
import type { Tariff } from "./tariff.ts";
import { hourMs } from "./time.ts";

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

/** Units in use, at VALUE_SCALE, and what they cost. */
export interface UnitsInUse {
  readonly units: bigint;
  readonly tariff: Tariff;
}

/** What units cost per hour from an instant on, until the next step. */
export interface RateStep {
  readonly fromMs: number;
  /** Credits per hour at CREDITS_SCALE. */
  readonly rate: bigint;
}

/** The cost per hour now, and after each change of a price that is known already. */
export function rateSteps(items: readonly UnitsInUse[], nowMs: number): readonly RateStep[] {
  const changes = items.flatMap(({ tariff }) =>
    tariff.periods.map(({ fromMs }) => fromMs).filter((fromMs) => fromMs > nowMs),
  );
  return [...new Set([nowMs, ...changes])]
    .sort((one, other) => one - other)
    .map((fromMs) => ({
      fromMs,
      rate: items.reduce((sum, { units, tariff }) => sum + units * priceAt(tariff, fromMs), 0n),
    }));
}

/** What the steps cost up to an instant, at CREDITS_SCALE, rounded half-even. */
export function costUntil(steps: readonly RateStep[], untilMs: number): bigint {
  const parts = steps.map(({ fromMs, rate }, index) => {
    const endMs = Math.min(steps[index + 1]?.fromMs ?? untilMs, untilMs);
    return rate * BigInt(Math.max(endMs - fromMs, 0));
  });
  return divideHalfEven(
    parts.reduce((sum, part) => sum + part, 0n),
    BigInt(hourMs),
  );
}

/** For how many whole milliseconds a budget (at CREDITS_SCALE) lasts; null: for ever. */
export function lastsMs(steps: readonly RateStep[], budget: bigint): bigint | null {
  // Credits × ms per hour, so that nothing is divided before the end.
  let left = budget * BigInt(hourMs);
  let passedMs = 0n;
  for (const [index, { fromMs, rate }] of steps.entries()) {
    const nextMs = steps[index + 1]?.fromMs;
    const stepMs = nextMs === undefined ? null : BigInt(nextMs - fromMs);
    if (rate > 0n && (stepMs === null || rate * stepMs > left)) return passedMs + left / rate;
    if (stepMs === null) return null;
    left -= rate * stepMs;
    passedMs += stepMs;
  }
  return null;
}
