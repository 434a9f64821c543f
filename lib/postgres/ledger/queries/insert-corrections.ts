import type pg from "pg";
import type { HourColumns } from "./upsert-hourly-costs.ts";

const text = `
  insert into corrections (series_id, hour, usage_before, usage_after, credits_before, credits_after, reason, actor, note)
  select series_id,
         timestamptz 'epoch' + hour_ms * interval '1 millisecond',
         coalesce(stored.usage, 0),
         coalesce(stored.usage, 0) + change.usage,
         coalesce(stored.credits, 0),
         coalesce(stored.credits, 0) + change.credits,
         $5::text,
         $6::text,
         $7::text
    from unnest($1::int4[], $2::int8[], $3::numeric[], $4::numeric[])
           as change (series_id, hour_ms, usage, credits)
    left join lateral (
           select usage, credits
             from hourly_costs
            where hourly_costs.series_id = change.series_id
              and hour = timestamptz 'epoch' + change.hour_ms * interval '1 millisecond'
         ) as stored on true
   order by series_id, hour_ms`;

export interface CorrectionCause {
  readonly reason: "late" | "discard" | "re-rating";
  readonly actor: string;
  /** In the operator's own words. */
  readonly note: string | null;
}

/** Records what a correction is about to change; to be called before the ledger is changed. */
export async function insertCorrections(
  client: pg.ClientBase,
  { seriesIds, hoursMs, usages, credits }: HourColumns,
  { reason, actor, note }: CorrectionCause,
): Promise<void> {
  await client.query({
    name: "insert-corrections",
    text,
    values: [seriesIds, hoursMs, usages, credits, reason, actor, note],
  });
}
