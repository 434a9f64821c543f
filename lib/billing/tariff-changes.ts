import { creditsOf } from "./price-in-force.ts";
import { periodIndexAt, type Tariff, type TariffPeriod } from "./tariff.ts";

/** A configuration that would change what was in force in the past, or a metric's kind. */
export class TariffRefused extends Error {
  override readonly name = "TariffRefused";
}

export interface WantedTariff {
  readonly tariff: Tariff;
  /** One price without a date: it counts from now on where another is in force. */
  readonly isPlainPrice: boolean;
}

/**
 * The periods to append so that the stored tariff says what is wanted from `nowMs` on; a period with
 * the start of a stored one replaces it. Without a stored tariff the wanted one is taken as it is, past
 * included. The past of a stored one is never changed: throws `TariffRefused`.
 */
export function tariffChanges(
  metric: string,
  stored: Tariff | undefined,
  { tariff: wanted, isPlainPrice }: WantedTariff,
  nowMs: number,
): readonly TariffPeriod[] {
  if (stored === undefined) return wanted.periods;
  if (stored.kind !== wanted.kind) {
    throw new TariffRefused(
      `${metric} was billed as a ${stored.kind} and cannot become a ${wanted.kind}: give it another name`,
    );
  }
  if (!isPlainPrice) refuseOtherPast(metric, stored, wanted, nowMs);
  const starts = [nowMs, ...futureStarts(stored, nowMs), ...futureStarts(wanted, nowMs)];
  const changes: TariffPeriod[] = [];
  for (const fromMs of new Set(starts.sort((a, b) => a - b))) {
    const period = { ...periodAt(wanted, fromMs), fromMs };
    const isStart = stored.periods.some((one) => one.fromMs === fromMs);
    const before = changes.at(-1) ?? periodAt(stored, fromMs);
    if (!sameRules(period, isStart ? periodAt(stored, fromMs) : before)) changes.push(period);
  }
  return changes;
}

const futureStarts = (tariff: Tariff, nowMs: number) =>
  tariff.periods.map(({ fromMs }) => fromMs).filter((fromMs) => fromMs > nowMs);

/** The rules at the instant; before the first period its window, gap and rate, at no price. */
function periodAt(tariff: Tariff, timeMs: number): TariffPeriod {
  const index = periodIndexAt(tariff, timeMs);
  const period = tariff.periods[Math.max(0, index)] as TariffPeriod;
  return { ...period, credits: creditsOf(tariff, index) };
}

const sameRules = (a: TariffPeriod, b: TariffPeriod) =>
  a.credits === b.credits &&
  a.dipWindowMs === b.dipWindowMs &&
  a.maxGapMs === b.maxGapMs &&
  a.maxRate === b.maxRate;

/** Every price in force up to now must be the same in both. */
function refuseOtherPast(metric: string, stored: Tariff, wanted: Tariff, nowMs: number): void {
  for (const { fromMs } of [...stored.periods, ...wanted.periods]) {
    if (fromMs > nowMs) continue;
    if (periodAt(stored, fromMs).credits === periodAt(wanted, fromMs).credits) continue;
    const from = Number.isFinite(fromMs) ? new Date(fromMs).toISOString() : "the beginning";
    throw new TariffRefused(
      `${metric}: the price from ${from} on differs from the one in force then, by which the past was billed. ` +
        "Keep the prices of the past as they were; to bill the past anew, re-rate it",
    );
  }
}
