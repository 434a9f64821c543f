import type pg from "pg";
import { type HeadUpdate, toColumns } from "./head-update.ts";

const text = `
  update series_heads
     set last_time = new.last_time,
         last_value = new.value,
         hour_usage = hour_usage + new.usage,
         hour_credits = hour_credits + new.credits,
         segment_count = new.count,
         segment_step_ms = new.step_ms,
         segment_decimals = new.decimals,
         segment = segment || new.bytes
    from unnest($1::int4[], $2::timestamptz[], $3::timestamptz[], $4::numeric[], $5::numeric[],
                $6::numeric[], $7::int2[], $8::int8[], $9::int2[], $10::bytea[])
           as new (series_id, expected_time, last_time, value, usage, credits, count, step_ms, decimals, bytes)
   where series_heads.series_id = new.series_id
     and series_heads.last_time = new.expected_time`;

/**
 * Does the same as `updateHeads`, for heads that only go on: no drop is open, before or after, and hour and
 * segment stay the same. So it is with nearly every sample of a scrape, and each column that is left out
 * saves a tenth of a microsecond.
 */
export async function appendToHeads(
  client: pg.ClientBase,
  updates: readonly HeadUpdate[],
): Promise<number> {
  const { rowCount } = await client.query({
    name: "append-to-heads",
    text,
    values: toColumns(updates),
  });
  return rowCount ?? 0;
}
