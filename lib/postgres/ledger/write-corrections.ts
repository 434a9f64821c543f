import type pg from "pg";
import type { HourCost, HourlyCosts } from "../../billing/hourly-costs.ts";
import { dayMs, hourMs } from "../../billing/time.ts";
import type { SeriesHours } from "./open-hour.ts";
import {
  type CorrectedStretch,
  type CorrectionCause,
  insertCorrections,
} from "./queries/insert-corrections.ts";

/**
 * Records what is about to change of what was billed before: a row for each stretch of hours of one day
 * that all rise or all fall. So a late sample in a gap of weeks is a few rows a day, not one an hour.
 */
export async function writeCorrections(
  client: pg.ClientBase,
  changes: readonly SeriesHours[],
  cause: CorrectionCause,
): Promise<void> {
  const stretches = changes.flatMap(({ head, corrections }) =>
    corrections.size === 0 ? [] : stretchesOf(head.seriesId, corrections),
  );
  if (stretches.length > 0) await insertCorrections(client, stretches, cause);
}

/** A new price changes credits alone. */
const rises = ({ usage, credits }: HourCost) => (usage === 0n ? credits : usage) > 0n;

function stretchesOf(seriesId: number, corrections: HourlyCosts): readonly CorrectedStretch[] {
  const stretches: { -readonly [Field in keyof CorrectedStretch]: CorrectedStretch[Field] }[] = [];
  for (const [hour, { usage, credits }] of [...corrections].sort(([a], [b]) => a - b)) {
    const open = stretches.at(-1);
    const isNext = open !== undefined && hour === open.untilMs + hourMs && hour % dayMs !== 0;
    if (isNext && rises(open) === rises({ usage, credits })) {
      open.untilMs = hour;
      open.usage += usage;
      open.credits += credits;
    } else stretches.push({ seriesId, fromMs: hour, untilMs: hour, usage, credits });
  }
  return stretches;
}
