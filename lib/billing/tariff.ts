/**
 * The cost of a metric, and how its values are to be read. A tariff is data with a history: the rules
 * in force at an instant stay in force for that instant.
 */

/** `counter`: units used so far. `gauge`: units in use now. `delta`: units used since the last one. */
export type MetricKind = "counter" | "gauge" | "delta";

export interface TariffPeriod {
  /** First instant of the period, Unix milliseconds, inclusive; -Infinity for "always". */
  readonly fromMs: number;
  /** Credits per unit at PRICE_SCALE. */
  readonly credits: bigint;
  /** How long after a drop the old value may come back; Infinity for ever, 0 for never. */
  readonly dipWindowMs: number;
  /** The longest stretch that one gauge value speaks for. */
  readonly maxGapMs: number;
  /** Units per hour at VALUE_SCALE: what rises faster is held back. null: nothing is. */
  readonly maxRate: bigint | null;
  /** Who recorded it, for people. */
  readonly recordedBy?: string;
}

/** What an operator decided on a stretch of a series; Unix milliseconds, both inclusive. */
export interface HoldDecision {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly isAccepted: boolean;
}

export interface Tariff {
  readonly kind: MetricKind;
  /** The name of one unit, for people: `vCPU-hours`. */
  readonly unit: string;
  /** Ascending by `fromMs`; at least one. */
  readonly periods: readonly TariffPeriod[];
  /** What was decided on held increases of the series that it is for, in the order of the decisions. */
  readonly holdDecisions?: readonly HoldDecision[];
}

/** The index of the period in force at the instant; -1 before the first, when usage is free. */
export function periodIndexAt(tariff: Tariff, timeMs: number): number {
  let index = tariff.periods.length - 1;
  // From the newest back: almost every measurement belongs to the period in force now.
  while (index >= 0 && (tariff.periods[index] as TariffPeriod).fromMs > timeMs) index -= 1;
  return index;
}

/** Window, gap and rate in force at the instant; before the first period the first one's hold. */
function rulesAt(tariff: Tariff, timeMs: number): TariffPeriod {
  const rules = tariff.periods[Math.max(0, periodIndexAt(tariff, timeMs))];
  if (rules === undefined) throw new RangeError("A tariff needs at least one period");
  return rules;
}

/** The window of a drop from a peak measured at this time. */
export function dipWindowAt(tariff: Tariff, peakTimeMs: number): number {
  return rulesAt(tariff, peakTimeMs).dipWindowMs;
}

/** The longest stretch for which a gauge value measured at this time counts. */
export function maxGapAt(tariff: Tariff, timeMs: number): number {
  return rulesAt(tariff, timeMs).maxGapMs;
}

/** The fastest rise from this time on that is not held back; null: none is. */
export function maxRateAt(tariff: Tariff, timeMs: number): bigint | null {
  return rulesAt(tariff, timeMs).maxRate;
}

/** The largest dip window that was ever in force. */
export function largestDipWindow(tariff: Tariff): number {
  return tariff.periods.reduce((largest, { dipWindowMs }) => Math.max(largest, dipWindowMs), 0);
}
