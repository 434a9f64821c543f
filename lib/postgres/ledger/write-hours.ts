import type pg from "pg";
import { formatCredits } from "../../billing/credits.ts";
import { type DecimalText, formatDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { HourCost, HourlyCosts } from "../../billing/hourly-costs.ts";
import { dayMs, hourMs } from "../../billing/time.ts";
import { creditsOfHours } from "../../usecases/ledger/stored-series.ts";
import { readHourlyCosts } from "./hourly-costs.ts";
import {
  type HourPlan,
  isReopening,
  openHourOf,
  planHours,
  type SeriesHours,
} from "./open-hour.ts";
import { type ClosingHour, closeHours } from "./queries/close-hours.ts";
import type { CorrectionCause } from "./queries/insert-corrections.ts";
import { updateUsedCredits } from "./queries/update-used-credits.ts";
import { type DayChange, upsertDailyCosts } from "./queries/upsert-daily-costs.ts";
import { writeCorrections } from "./write-corrections.ts";

export const usageText = (usage: bigint): DecimalText =>
  usage === 0n ? "0" : formatDecimal(usage, VALUE_SCALE);
export const creditsText = (credits: bigint): DecimalText =>
  credits === 0n ? "0" : formatCredits(credits);

/**
 * Adds to the closed hours of the ledger and to the projects' used credits; what it corrects is recorded
 * first. Answers each change with its plan, whose open hour the caller writes with the head.
 */
export async function writeHours<Change extends SeriesHours>(
  client: pg.ClientBase,
  changes: readonly Change[],
  cause: CorrectionCause,
): Promise<readonly (Change & { readonly plan: HourPlan })[]> {
  await writeCorrections(client, changes, cause);
  const planned: (Change & { readonly plan: HourPlan })[] = [];
  for (const change of changes) {
    const plan = isReopening(change) ? await reopen(client, change) : planHours(change);
    planned.push({ ...change, plan });
  }
  const closing = planned.flatMap(({ head, plan }): ClosingHour[] =>
    plan.closing === null ? [] : [{ seriesId: head.seriesId, ...asText(plan.closing) }],
  );
  if (closing.length > 0) await closeHours(client, closing);
  const days = planned.flatMap(({ head, plan }) => byDay(head.seriesId, plan.closed));
  if (days.length > 0) await upsertDailyCosts(client, days);
  await writeUsedCredits(client, changes);
  return planned;
}

async function reopen(client: pg.ClientBase, change: SeriesHours): Promise<HourPlan> {
  const hour = openHourOf(change.state.last);
  if (hour === null) return planHours(change);
  const stored = await readHourlyCosts(client, change.head.seriesId, hour);
  return planHours(change, stored.get(hour));
}

const asText = ({ usage, credits }: HourCost) => ({
  usage: usageText(usage),
  credits: creditsText(credits),
});

/** Closed hours as the rows of their days. */
function byDay(seriesId: number, hours: HourlyCosts): readonly DayChange[] {
  if (hours.size === 0) return [];
  const days = Map.groupBy(hours, ([hour]) => Math.floor(hour / dayMs) * dayMs);
  return [...days].map(([day, entries]): DayChange => {
    const usage = new Array<string | null>(24).fill(null);
    const credits = new Array<string | null>(24).fill(null);
    for (const [hour, cost] of entries) {
      const position = (hour - day) / hourMs;
      usage[position] = usageText(cost.usage);
      credits[position] = creditsText(cost.credits);
    }
    return { seriesId, dayMs: day, usage, credits };
  });
}

/** A project of which no hour changes is not touched, and its revision stays. */
async function writeUsedCredits(
  client: pg.ClientBase,
  changes: readonly SeriesHours[],
): Promise<void> {
  const credits = new Map<number, bigint>();
  for (const { head, hours } of changes) {
    if (hours.size === 0) continue;
    credits.set(head.projectId, (credits.get(head.projectId) ?? 0n) + creditsOfHours(hours));
  }
  if (credits.size === 0) return;
  await updateUsedCredits(client, [...credits.keys()], [...credits.values()].map(creditsText));
}
