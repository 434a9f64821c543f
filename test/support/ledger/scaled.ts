import {
  CREDITS_SCALE,
  PRICE_SCALE,
  parseDecimal,
  VALUE_SCALE,
} from "../../../lib/billing/decimal.ts";
import type { HeldIncrease } from "../../../lib/billing/held-increases.ts";
import type { HourlyCosts } from "../../../lib/billing/hourly-costs.ts";
import type { Sample } from "../../../lib/billing/sample.ts";

import type { Tariff } from "../../../lib/billing/tariff.ts";
import type {
  Exact,
  PlainSample,
  PlainTariff,
  ReferenceHold,
  ReferenceHour,
} from "./reference-billing.ts";

export function toSample({ timeMs, value }: PlainSample): Sample {
  return { timeMs, value: parseDecimal(value, VALUE_SCALE) };
}

export function toTariff({ kind, periods: plain, holdDecisions = [] }: PlainTariff): Tariff {
  return {
    kind,
    holdDecisions,
    unit: "units",
    periods: plain.map((period) => ({
      ...period,
      credits: parseDecimal(period.credits, PRICE_SCALE),
      maxRate: period.maxRate === null ? null : parseDecimal(period.maxRate, VALUE_SCALE),
    })),
  };
}

export const toHeld = (holds: readonly ReferenceHold[]): readonly HeldIncrease[] =>
  holds.map(({ usage, credits, ...interval }) => ({
    ...interval,
    usage: scaled(usage, VALUE_SCALE),
    credits: scaled(credits, CREDITS_SCALE),
  }));

/** Sums over hours. */
export function totalOf(hours: HourlyCosts): { usage: bigint; credits: bigint } {
  let [usage, credits] = [0n, 0n];
  for (const hour of hours.values()) {
    usage += hour.usage;
    credits += hour.credits;
  }
  return { usage, credits };
}

/** The reference's fractions in the ledger's scales; one that does not fit is a fault, not rounded. */
export function toHourlyCosts(bill: ReadonlyMap<number, ReferenceHour>): HourlyCosts {
  return new Map(
    [...bill].map(([hour, { usage, credits }]) => [
      hour,
      { usage: scaled(usage, VALUE_SCALE), credits: scaled(credits, CREDITS_SCALE) },
    ]),
  );
}

function scaled({ above, below }: Exact, scale: number): bigint {
  const numerator = above * 10n ** BigInt(scale);
  if (numerator % below !== 0n) {
    throw new Error(`${above}/${below} has more than ${scale} decimals`);
  }
  return numerator / below;
}
