/**
 * The billing rules once more, as plainly as they can be written, to hold the real code against. It
 * looks at the whole list for every question, keeps nothing, is slow, and shares no line with
 * lib/billing: amounts are fractions of its own.
 */

export interface PlainSample {
  readonly timeMs: number;
  /** The decimal as it was sent. */
  readonly value: string;
}

export interface PlainPeriod {
  readonly fromMs: number;
  readonly credits: string;
  readonly dipWindowMs: number;
  readonly maxGapMs: number;
  /** Units per hour; null: nothing is held. */
  readonly maxRate: string | null;
}

export interface PlainDecision {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly isAccepted: boolean;
}

export interface PlainTariff {
  readonly kind: "counter" | "gauge" | "delta";
  readonly periods: readonly PlainPeriod[];
  /** In the order in which they were taken. */
  readonly holdDecisions?: readonly PlainDecision[];
}

/** A fraction; `below` is positive. */
export interface Exact {
  readonly above: bigint;
  readonly below: bigint;
}

export interface ReferenceHold {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly usage: Exact;
  readonly credits: Exact;
}

export interface ReferenceHour {
  usage: Exact;
  credits: Exact;
}

/** An amount that was used evenly over `(fromMs, untilMs]`, or at once where the two are equal. */
interface Charge {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly amount: Exact;
  /** It is faster than anybody can use. */
  readonly isImplausible?: boolean;
}

interface Point {
  readonly timeMs: number;
  readonly value: Exact;
}

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;
const NOTHING: Exact = { above: 0n, below: 1n };

/** The cost of a series by UTC hour. `openIsReset`: the answer if no open drop ever recovers. */
export function referenceBill(
  sent: readonly PlainSample[],
  tariff: PlainTariff,
  { openIsReset = false } = {},
): Map<number, ReferenceHour> {
  const points = whatCounts(sent);
  const bill = new Map<number, ReferenceHour>();
  for (const charge of chargesOf(points, tariff, openIsReset)) {
    if (charge.isImplausible && decisionOn(charge, tariff) !== "accepted") continue;
    for (const part of partsOf(charge, tariff)) {
      if (part.amount.above === 0n) continue;
      const hour = Math.floor(part.fromMs / HOUR_MS) * HOUR_MS;
      const sum = bill.get(hour) ?? { usage: NOTHING, credits: NOTHING };
      const price = exact(priceAt(tariff, part.fromMs));
      bill.set(hour, {
        usage: plus(sum.usage, part.amount),
        credits: plus(sum.credits, times(part.amount, price)),
      });
    }
  }
  return bill;
}

/** What is held back: implausible, and nobody has decided on it. */
export function referenceHolds(
  sent: readonly PlainSample[],
  tariff: PlainTariff,
): readonly ReferenceHold[] {
  return chargesOf(whatCounts(sent), tariff, false)
    .filter((charge) => charge.isImplausible && charge.amount.above > 0n)
    .filter((charge) => decisionOn(charge, tariff) === "none")
    .map((charge) => ({
      fromMs: charge.fromMs,
      untilMs: charge.untilMs,
      usage: charge.amount,
      credits: partsOf(charge, tariff)
        .map((part) => times(part.amount, exact(priceAt(tariff, part.fromMs))))
        .reduce(plus, NOTHING),
    }));
}

/** What was decided last on a stretch that has the whole charge in it. */
function decisionOn(charge: Charge, tariff: PlainTariff): "accepted" | "rejected" | "none" {
  const decisions = (tariff.holdDecisions ?? []).filter(
    ({ fromMs, untilMs }) => fromMs <= charge.fromMs && charge.untilMs <= untilMs,
  );
  const last = decisions.at(-1);
  if (last === undefined) return "none";
  return last.isAccepted ? "accepted" : "rejected";
}

/** One value per time, the lowest; in order of time. */
function whatCounts(sent: readonly PlainSample[]): Point[] {
  const instants = [...new Set(sent.map(({ timeMs }) => timeMs))].sort((a, b) => a - b);
  return instants.map((timeMs) => ({
    timeMs,
    value: sent
      .filter((sample) => sample.timeMs === timeMs)
      .map((sample) => exact(sample.value))
      .reduce((lowest, value) => (isLess(value, lowest) ? value : lowest)),
  }));
}

function chargesOf(points: Point[], tariff: PlainTariff, openIsReset: boolean): Charge[] {
  if (tariff.kind === "delta") {
    return points.map(({ timeMs, value }) => ({ fromMs: timeMs, untilMs: timeMs, amount: value }));
  }
  if (tariff.kind === "gauge") return gaugeCharges(points, tariff);
  return counterCharges(points, tariff, openIsReset);
}

function gaugeCharges(points: Point[], tariff: PlainTariff): Charge[] {
  return points.slice(0, -1).map(({ timeMs, value }, index) => {
    const next = points[index + 1] as Point;
    const untilMs = Math.min(next.timeMs, timeMs + rulesAt(tariff, timeMs).maxGapMs);
    const hours = { above: BigInt(untilMs - timeMs), below: BigInt(HOUR_MS) };
    const { maxRate } = rulesAt(tariff, timeMs);
    const isImplausible = maxRate !== null && isLess(exact(maxRate), value);
    return {
      fromMs: timeMs,
      untilMs,
      amount: roundTo12Decimals(times(value, hours)),
      isImplausible,
    };
  });
}

function counterCharges(points: Point[], tariff: PlainTariff, openIsReset: boolean): Charge[] {
  const [first, second] = points;
  if (first === undefined || second === undefined) return [];
  const rest = points.slice(1);
  if (!isLess(second.value, first.value)) {
    return [increase(first, second, tariff), ...counterCharges(rest, tariff, openIsReset)];
  }
  const lastChanceMs = second.timeMs + rulesAt(tariff, first.timeMs).dipWindowMs;
  const recovery = rest.find(
    ({ timeMs, value }) => timeMs <= lastChanceMs && !isLess(value, first.value),
  );
  if (recovery !== undefined) {
    const afterwards = points.filter(({ timeMs }) => timeMs >= recovery.timeMs);
    return [increase(first, recovery, tariff), ...counterCharges(afterwards, tariff, openIsReset)];
  }
  const isReset = openIsReset || points.some(({ timeMs }) => timeMs > lastChanceMs);
  return isReset ? counterCharges(rest, tariff, openIsReset) : [];
}

function increase(from: Point, until: Point, tariff: PlainTariff): Charge {
  const amount = minus(until.value, from.value);
  const { maxRate } = rulesAt(tariff, from.timeMs);
  const lengthMs = Math.max(until.timeMs - from.timeMs, MINUTE_MS);
  const hours = { above: BigInt(lengthMs), below: BigInt(HOUR_MS) };
  const isImplausible = maxRate !== null && isLess(times(exact(maxRate), hours), amount);
  return { fromMs: from.timeMs, untilMs: until.timeMs, amount, isImplausible };
}

/** Cuts a charge at every full hour and every price change inside it. */
function partsOf(charge: Charge, tariff: PlainTariff): Charge[] {
  const { fromMs, untilMs, amount } = charge;
  if (fromMs === untilMs) return [charge];
  const cuts = new Set([untilMs]);
  for (let hour = Math.ceil(fromMs / HOUR_MS) * HOUR_MS; hour < untilMs; hour += HOUR_MS) {
    if (hour > fromMs) cuts.add(hour);
  }
  for (const period of tariff.periods) {
    if (period.fromMs > fromMs && period.fromMs < untilMs) cuts.add(period.fromMs);
  }
  const ascending = [fromMs, ...[...cuts].sort((a, b) => a - b)];
  const usedAt = (cutMs: number): Exact => {
    if (cutMs === untilMs) return amount;
    const share = { above: BigInt(cutMs - fromMs), below: BigInt(untilMs - fromMs) };
    const used = roundTo12Decimals(times(amount, share));
    return isLess(amount, used) ? amount : used;
  };
  return ascending.slice(1).map((cutMs, index) => {
    const startMs = ascending[index] as number;
    return {
      fromMs: startMs,
      untilMs: cutMs,
      amount: startMs === fromMs ? usedAt(cutMs) : minus(usedAt(cutMs), usedAt(startMs)),
    };
  });
}

/** The newest period that has begun; before the first one usage is free. */
function priceAt(tariff: PlainTariff, timeMs: number): string {
  return tariff.periods.findLast(({ fromMs }) => fromMs <= timeMs)?.credits ?? "0";
}

function rulesAt(tariff: PlainTariff, timeMs: number): PlainPeriod {
  const begun = tariff.periods.filter(({ fromMs }) => fromMs <= timeMs);
  return (begun.at(-1) ?? tariff.periods[0]) as PlainPeriod;
}

export function exact(decimal: string): Exact {
  const [whole = "", fraction = ""] = decimal.split(".");
  return { above: BigInt(whole + fraction), below: 10n ** BigInt(fraction.length) };
}

export function plus(a: Exact, b: Exact): Exact {
  return reduced(a.above * b.below + b.above * a.below, a.below * b.below);
}

export function minus(a: Exact, b: Exact): Exact {
  return plus(a, { above: -b.above, below: b.below });
}

export function times(a: Exact, b: Exact): Exact {
  return reduced(a.above * b.above, a.below * b.below);
}

export function isLess(a: Exact, b: Exact): boolean {
  return a.above * b.below < b.above * a.below;
}

function reduced(above: bigint, below: bigint): Exact {
  let [divisor, rest] = [above < 0n ? -above : above, below];
  while (rest !== 0n) [divisor, rest] = [rest, divisor % rest];
  return divisor === 0n ? NOTHING : { above: above / divisor, below: below / divisor };
}

/** Half-even, for amounts that are not negative: of the two neighbours the nearer, or the even one. */
function roundTo12Decimals(amount: Exact): Exact {
  const scale = 10n ** 12n;
  const lower = (amount.above * scale) / amount.below;
  const half = { above: 2n * lower + 1n, below: 2n * scale };
  const isAbove = isLess(half, amount) || (!isLess(amount, half) && lower % 2n === 1n);
  return { above: isAbove ? lower + 1n : lower, below: scale };
}
