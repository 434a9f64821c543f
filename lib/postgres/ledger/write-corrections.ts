import type pg from "pg";
import type { HourlyCosts } from "../../billing/hourly-costs.ts";
import { dayMs, hourMs } from "../../billing/time.ts";
import type { SeriesHours } from "./open-hour.ts";
import {
  type CorrectedStretch,
  type CorrectionCause,
  insertCorrections,
} from "./queries/insert-corrections.ts";

/** Records what is about to change of what was billed before: a row for each stretch of hours of one day. */
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

/** Neighbouring hours of one UTC day as one stretch each. */
function stretchesOf(seriesId: number, corrections: HourlyCosts): readonly CorrectedStretch[] {
  const stretches: { -readonly [Field in keyof CorrectedStretch]: CorrectedStretch[Field] }[] = [];
  for (const [hour, { usage, credits }] of [...corrections].sort(([a], [b]) => a - b)) {
    const open = stretches.at(-1);
    if (open !== undefined && hour === open.untilMs + hourMs && hour % dayMs !== 0) {
      open.untilMs = hour;
      open.usage += usage;
      open.credits += credits;
    } else stretches.push({ seriesId, fromMs: hour, untilMs: hour, usage, credits });
  }
  return stretches;
}
