import { formatCredits, parseCredits } from "../../billing/credits.ts";
import type { DecimalText } from "../../billing/decimal.ts";
import { dayMs, hourMs } from "../../billing/time.ts";
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

interface Change {
  readonly atMs: number;
  readonly metric: string;
  /** At CREDITS_SCALE. */
  readonly credits: bigint;
}

/**
 * One step per hour and metric, stamped with the hour's end or the last measurement, whichever is
 * earlier; and one for each other change. The totals are counted back from what is used by now, so that
 * nothing before the range is needed.
 */
export function toCreditSteps(
  parts: readonly LedgerPartRow[],
  { fromMs, untilMs }: StepRange,
): readonly CreditStep[] {
  const changes = toChanges(parts).toSorted(
    (a, b) => a.atMs - b.atMs || (a.metric < b.metric ? -1 : a.metric > b.metric ? 1 : 0),
  );
  let used = changes.reduce((before, { credits }) => before - credits, usedNow(parts));
  const toText = timeTexts();
  const steps: CreditStep[] = [];
  for (const { atMs, metric, credits } of changes) {
    used += credits;
    const secondMs = Math.floor(atMs / 1000) * 1000;
    if (secondMs < (fromMs ?? Number.NEGATIVE_INFINITY)) continue;
    if (secondMs > (untilMs ?? Number.POSITIVE_INFINITY)) break;
    steps.push({ at: toText(secondMs), metric, credits: formatCredits(used) });
  }
  return steps;
}

const usedNow = (parts: readonly LedgerPartRow[]): bigint =>
  parseCredits(parts.find(({ kind }) => kind === "used")?.credits ?? "0");

function toChanges(parts: readonly LedgerPartRow[]): Change[] {
  const changes: Change[] = [];
  const hours = new Map<string, MetricHours>();
  for (const part of parts) {
    if (part.kind === "used") continue;
    if (part.kind === "step") {
      changes.push({ atMs: part.at_ms, metric: part.metric, credits: parseCredits(part.credits) });
      continue;
    }
    const metricHours = hours.get(part.metric) ?? new Map();
    hours.set(part.metric, metricHours);
    for (const [hour, credits] of hoursOf(part)) addHour(metricHours, hour, credits, part.last_ms);
  }
  for (const [metric, metricHours] of hours) {
    for (const [hour, { credits, lastMs }] of metricHours) {
      changes.push({ atMs: Math.min(hour + hourMs, lastMs), metric, credits });
    }
  }
  return changes;
}

/** By the beginning of the hour; of all series of one metric together. */
type MetricHours = Map<number, { credits: bigint; lastMs: number }>;

function addHour(hours: MetricHours, hour: number, credits: bigint, lastMs: number): void {
  const sum = hours.get(hour);
  if (sum === undefined) hours.set(hour, { credits, lastMs });
  else {
    sum.credits += credits;
    sum.lastMs = Math.max(sum.lastMs, lastMs);
  }
}

/** The hours in which something was used, be it free. */
function hoursOf(
  part: LedgerPartRow & { readonly kind: "hour" | "day" },
): readonly (readonly [hour: number, credits: bigint])[] {
  if (part.kind === "hour") return [[part.at_ms, parseCredits(part.credits)]];
  const usage = part.usage === null ? null : elementsOf(part.usage);
  const hours: (readonly [number, bigint])[] = [];
  for (const [position, credits] of elementsOf(part.credits).entries()) {
    const hour = part.at_ms + position * hourMs;
    if (credits !== "NULL") hours.push([hour, parseCredits(credits)]);
    else if (usage?.[position] !== "NULL") hours.push([hour, 0n]);
  }
  return hours;
}

const elementsOf = (array: string): readonly string[] => array.slice(1, -1).split(",");

/** Writes times as `YYYY-MM-DD HH:MM:SS`, in UTC: a Date for each would take half of a year's answer. */
function timeTexts(): (secondMs: number) => string {
  const twoDigits = (integer: number) => String(integer).padStart(2, "0");
  let [day, dateText] = [Number.NaN, ""];
  return (secondMs) => {
    const thisDay = Math.floor(secondMs / dayMs);
    if (thisDay !== day) {
      day = thisDay;
      dateText = new Date(day * dayMs).toISOString().slice(0, 10);
    }
    const seconds = (secondMs - day * dayMs) / 1000;
    const hour = twoDigits(Math.floor(seconds / 3600));
    return `${dateText} ${hour}:${twoDigits(Math.floor(seconds / 60) % 60)}:${twoDigits(seconds % 60)}`;
  };
}
