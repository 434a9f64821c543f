import { type HoldDecision, maxRateAt, type Tariff } from "./tariff.ts";
import { hourMs, minuteMs } from "./time.ts";

/** An increase that nobody can have used: neither usage nor credits until an operator accepts it. */
export interface HeldIncrease {
  /** It happened within `(fromMs, untilMs]`, Unix milliseconds. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** At VALUE_SCALE. */
  readonly usage: bigint;
  /** What it would cost, at CREDITS_SCALE. */
  readonly credits: bigint;
}

/**
 * Whether a counter rose by more than `max_rate` permits. A step within a minute counts as one of a minute:
 * two samples that were taken a moment apart say nothing of a rate.
 */
export function isImplausibleRise(
  tariff: Tariff,
  fromMs: number,
  untilMs: number,
  rise: bigint,
): boolean {
  const maxRate = maxRateAt(tariff, fromMs);
  // Almost every rise would be plausible within a minute already, which takes the shorter sum to see.
  if (maxRate === null || rise * minutesOfHour <= maxRate) return false;
  return rise * BigInt(hourMs) > maxRate * BigInt(Math.max(untilMs - fromMs, minuteMs));
}

const minutesOfHour = BigInt(hourMs / minuteMs);

/** The last decision on a stretch that contains all of the interval; undefined: there is none. */
export const decisionOn = (
  { holdDecisions }: Tariff,
  fromMs: number,
  untilMs: number,
): HoldDecision | undefined =>
  holdDecisions?.findLast((one) => one.fromMs <= fromMs && untilMs <= one.untilMs);

/** What is to be changed where held increases are kept. */
export interface HeldChange {
  /** The beginnings of those that are held no more, or otherwise. */
  readonly removedMs: readonly number[];
  readonly added: readonly HeldIncrease[];
}

export const nothingHeld: readonly HeldIncrease[] = [];
export const noHeldChange: HeldChange = { removedMs: [], added: [] };

/** `after − before`: of one series, so each begins at another time. */
export function heldDifference(
  before: readonly HeldIncrease[],
  after: readonly HeldIncrease[],
): HeldChange {
  if (before.length === 0 && after.length === 0) return noHeldChange;
  return {
    removedMs: without(before, after).map(({ fromMs }) => fromMs),
    added: without(after, before),
  };
}

function without(
  list: readonly HeldIncrease[],
  others: readonly HeldIncrease[],
): readonly HeldIncrease[] {
  const byStart = new Map(others.map((other) => [other.fromMs, other]));
  return list.filter((one) => {
    const other = byStart.get(one.fromMs);
    return (
      other?.untilMs !== one.untilMs || other.usage !== one.usage || other.credits !== one.credits
    );
  });
}
