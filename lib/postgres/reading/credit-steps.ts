import {
  CREDITS_SCALE,
  type DecimalText,
  formatDecimal,
  parseDecimal,
} from "../../billing/decimal.ts";
import { dayMs, hourMs } from "../../billing/time.ts";
import { thinSteps } from "../../usecases/reading/thin-steps.ts";
import { elementsOf } from "../database/queries/number-array.ts";
import type { LedgerPartRow } from "./queries/select-ledger-parts.ts";

export interface CreditStep {
  /** `YYYY-MM-DD HH:MM:SS` in UTC. */
  readonly at: string;
  readonly metric: string;
  /** Used credits after the step. */
  readonly credits: DecimalText;
}

/** Unix milliseconds of full seconds, inclusive; null: open. */
export interface StepRange {
  readonly fromMs: number | null;
  readonly untilMs: number | null;
}

export interface CreditSteps {
  readonly steps: readonly CreditStep[];
  /** How many there were in the range before they were thinned. */
  readonly stepsInRange: number;
}

/** The use of an hour, or a change of another kind; one object all the way, for there are many. */
interface Change {
  atMs: number;
  readonly metric: string;
  /** At the scale of the `Ledger`. */
  credits: bigint;
}

/** The parts, with their amounts taken apart. */
interface Ledger {
  readonly parts: readonly (LedgerPartRow & { readonly amounts: readonly string[] })[];
  /** Most decimals of an amount: short integers are written as text in a third of the time. */
  readonly scale: number;
}

/**
 * One step per hour and metric, stamped with the hour's end or the last measurement, whichever is
 * earlier; and one for each other change. The totals are counted back from what is used by now, so that
 * nothing before the range is needed. Only the steps that are left after thinning are written as text.
 */
export function toCreditSteps(
  rows: readonly LedgerPartRow[],
  range: StepRange,
  pointsMax = Number.POSITIVE_INFINITY,
): CreditSteps {
  const ledger = toLedger(rows);
  const inRange = totalsOf(ledger, range);
  const toText = timeTexts();
  const steps = thinSteps(inRange, pointsMax).map(({ atMs, metric, used }) => {
    return { at: toText(atMs), metric, credits: formatDecimal(used, ledger.scale) };
  });
  return { steps, stepsInRange: inRange.length };
}

export interface UsedStep {
  /** Unix milliseconds of a full second. */
  readonly atMs: number;
  readonly metric: string;
  /** Used credits after the step, at CREDITS_SCALE. */
  readonly used: bigint;
}

/** The same steps from the first to the last, not written as text. */
export function toUsedSteps(rows: readonly LedgerPartRow[]): readonly UsedStep[] {
  const ledger = toLedger(rows);
  const factor = 10n ** BigInt(CREDITS_SCALE - ledger.scale);
  const totals = totalsOf(ledger, { fromMs: null, untilMs: null });
  return totals.map(({ atMs, metric, used }) => ({ atMs, metric, used: used * factor }));
}

/** What was used after each change within the range, ascending; times are of full seconds. */
function totalsOf(ledger: Ledger, { fromMs, untilMs }: StepRange) {
  const changes = toChanges(ledger).sort(inOrder);
  let used = usedNow(ledger);
  for (const { credits } of changes) used -= credits;
  const totals: { atMs: number; metric: string; used: bigint }[] = [];
  for (const { atMs, metric, credits } of changes) {
    used += credits;
    const secondMs = Math.floor(atMs / 1000) * 1000;
    if (secondMs < (fromMs ?? Number.NEGATIVE_INFINITY)) continue;
    if (secondMs > (untilMs ?? Number.POSITIVE_INFINITY)) break;
    totals.push({ atMs: secondMs, metric, used });
  }
  return totals;
}

function toLedger(rows: readonly LedgerPartRow[]): Ledger {
  let scale = 0;
  const parts = rows.map((row) => {
    const amounts = row.kind === "day" ? elementsOf(row.credits) : [row.credits];
    for (const amount of amounts) {
      const point = amount.indexOf(".");
      if (point !== -1) scale = Math.max(scale, amount.length - point - 1);
    }
    return { ...row, amounts };
  });
  return { parts, scale };
}

function inOrder(a: Change, b: Change): number {
  if (a.atMs !== b.atMs) return a.atMs - b.atMs;
  return a.metric < b.metric ? -1 : a.metric > b.metric ? 1 : 0;
}

const usedNow = ({ parts, scale }: Ledger): bigint =>
  parseDecimal(parts.find(({ kind }) => kind === "used")?.credits ?? "0", scale);

function toChanges({ parts, scale }: Ledger): Change[] {
  const others: Change[] = [];
  const byMetric = new Map<string, DaysOfHours>();
  for (const part of parts) {
    if (part.kind === "used") continue;
    if (part.kind === "step") {
      const { at_ms: atMs, metric, credits } = part;
      others.push({ atMs, metric, credits: parseDecimal(credits, scale) });
      continue;
    }
    const days = byMetric.get(part.metric) ?? new Map();
    byMetric.set(part.metric, days);
    const usage = part.kind === "day" && part.usage !== null ? elementsOf(part.usage) : null;
    for (const [position, amount] of part.amounts.entries()) {
      // An hour in which nothing was used is none; one in which all was free is.
      if (amount === "NULL" && usage?.[position] === "NULL") continue;
      const credits = amount === "NULL" ? 0n : parseDecimal(amount, scale);
      addHour(days, part, part.at_ms + position * hourMs, credits);
    }
  }
  return [...others, ...[...byMetric.values()].flatMap((days) => [...days.values()].flat())];
}

/** The hours of all series of one metric, by day. */
type DaysOfHours = Map<number, Change[]>;

function addHour(
  days: DaysOfHours,
  { metric, last_ms: lastMs }: LedgerPartRow & { readonly kind: "hour" | "day" },
  hour: number,
  credits: bigint,
): void {
  const day = Math.floor(hour / dayMs);
  let hours = days.get(day);
  if (hours === undefined) {
    hours = [];
    days.set(day, hours);
  }
  const position = (hour - day * dayMs) / hourMs;
  const atMs = Math.min(hour + hourMs, lastMs);
  const sum = hours[position];
  if (sum === undefined) hours[position] = { atMs, metric, credits };
  else {
    sum.credits += credits;
    sum.atMs = Math.max(sum.atMs, atMs);
  }
}

/** Writes times as `YYYY-MM-DD HH:MM:SS`, in UTC: a Date for each would take half of a year's answer. */
function timeTexts(): (secondMs: number) => string {
  const twoDigits = (integer: number) => String(integer).padStart(2, "0");
  let [day, date, lastMs, text] = [Number.NaN, "", Number.NaN, ""];
  return (secondMs) => {
    if (secondMs === lastMs) return text;
    const thisDay = Math.floor(secondMs / dayMs);
    if (thisDay !== day) {
      day = thisDay;
      date = new Date(day * dayMs).toISOString().slice(0, 10);
    }
    const seconds = (secondMs - day * dayMs) / 1000;
    const hour = twoDigits(Math.floor(seconds / 3600));
    lastMs = secondMs;
    text = `${date} ${hour}:${twoDigits(Math.floor(seconds / 60) % 60)}:${twoDigits(seconds % 60)}`;
    return text;
  };
}
