import type pg from "pg";
import { formatCredits } from "../../billing/credits.ts";
import { formatDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { HourlyCosts } from "../../billing/hourly-costs.ts";
import { creditsOfHours } from "../../usecases/ledger/stored-series.ts";
import { type CorrectionCause, insertCorrections } from "./queries/insert-corrections.ts";
import { updateUsedCredits } from "./queries/update-used-credits.ts";
import { type HourColumns, upsertHourlyCosts } from "./queries/upsert-hourly-costs.ts";

export interface SeriesHours {
  readonly seriesId: number;
  readonly projectId: number;
  /** The amounts to add, hour by hour; may be negative. */
  readonly hours: HourlyCosts;
  /** The part of it that changes what was billed before. */
  readonly corrections: HourlyCosts;
}

/** Adds to the ledger and to the projects' used credits, and records corrections first. */
export async function writeHours(
  client: pg.ClientBase,
  changes: readonly SeriesHours[],
  cause: CorrectionCause,
): Promise<void> {
  const corrections = toColumns(changes, ({ corrections }) => corrections);
  if (corrections.seriesIds.length > 0) await insertCorrections(client, corrections, cause);
  const hours = toColumns(changes, ({ hours }) => hours);
  if (hours.seriesIds.length > 0) await upsertHourlyCosts(client, hours);
  await writeUsedCredits(client, changes);
}

function toColumns(
  changes: readonly SeriesHours[],
  hoursOf: (change: SeriesHours) => HourlyCosts,
): HourColumns {
  const columns: HourColumns = { seriesIds: [], hoursMs: [], usages: [], credits: [] };
  for (const change of changes) {
    for (const [hourMs, { usage, credits }] of hoursOf(change)) {
      columns.seriesIds.push(change.seriesId);
      columns.hoursMs.push(hourMs);
      columns.usages.push(formatDecimal(usage, VALUE_SCALE));
      columns.credits.push(formatCredits(credits));
    }
  }
  return columns;
}

async function writeUsedCredits(
  client: pg.ClientBase,
  changes: readonly SeriesHours[],
): Promise<void> {
  const credits = new Map<number, bigint>();
  for (const { projectId, hours } of changes) {
    credits.set(projectId, (credits.get(projectId) ?? 0n) + creditsOfHours(hours));
  }
  await updateUsedCredits(client, [...credits.keys()], [...credits.values()].map(formatCredits));
}
