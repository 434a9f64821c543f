import type pg from "pg";
import { formatCredits } from "../../billing/credits.ts";
import { formatDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { HourlyCosts } from "../../billing/hourly-costs.ts";
import { dayMs, hourMs } from "../../billing/time.ts";
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
import { type DayChange, upsertDailyCosts } from "./queries/upsert-daily-costs.ts";
import { writeCorrections } from "./write-corrections.ts";

/**
 * Adds to the closed hours of the ledger, and records corrections first. Answers the plan of each change, in
 * their order: the caller writes its open hour with the head.
 */
export async function writeHours(
  client: pg.ClientBase,
  changes: readonly SeriesHours[],
  cause: CorrectionCause,
): Promise<readonly HourPlan[]> {
  await writeCorrections(client, changes, cause);
  const plans: HourPlan[] = [];
  const closing: ClosingHour[] = [];
  const days: DayChange[] = [];
  for (const change of changes) {
    const { seriesId } = change.head;
    const plan = isReopening(change) ? await reopen(client, change) : planHours(change);
    plans.push(plan);
    if (plan.closing !== null) closing.push({ seriesId, ...plan.closing });
    if (plan.closed.size > 0) days.push(...byDay(seriesId, plan.closed));
  }
  if (closing.length > 0) await closeHours(client, closing);
  if (days.length > 0) await upsertDailyCosts(client, days);
  return plans;
}

async function reopen(client: pg.ClientBase, change: SeriesHours): Promise<HourPlan> {
  const hour = openHourOf(change.state.last);
  if (hour === null) return planHours(change);
  const stored = await readHourlyCosts(client, change.head.seriesId, hour);
  return planHours(change, stored.get(hour));
}

/** Closed hours as the rows of their days. */
function byDay(seriesId: number, hours: HourlyCosts): readonly DayChange[] {
  const days = Map.groupBy(hours, ([hour]) => Math.floor(hour / dayMs) * dayMs);
  return [...days].map(([day, entries]): DayChange => {
    const usage = new Array<string | null>(24).fill(null);
    const credits = new Array<string | null>(24).fill(null);
    for (const [hour, cost] of entries) {
      const position = (hour - day) / hourMs;
      usage[position] = formatDecimal(cost.usage, VALUE_SCALE);
      credits[position] = formatCredits(cost.credits);
    }
    return { seriesId, dayMs: day, usage, credits };
  });
}
