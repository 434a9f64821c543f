import type pg from "pg";
import { VALUE_SCALE } from "../../../billing/decimal.ts";
import { boolArray, numericArray, timestamptzArray } from "../../database/queries/binary-array.ts";
import { type HeadUpdate, toColumns } from "./head-update.ts";

const text = `
  update series_heads
     set last_time = new.last_time,
         last_value = new.value,
         open_peak_time = new.peak_time,
         open_peak_value = new.peak_value,
         open_drop_time = new.drop_time,
         hour_usage = case when opens_hour then new.usage else hour_usage + new.usage end,
         hour_credits = case when opens_hour then new.credits else hour_credits + new.credits end,
         segment_from = case when opens_segment then new.from_time else segment_from end,
         segment_count = new.count,
         segment_step_ms = new.step_ms,
         segment_decimals = new.decimals,
         segment = case when opens_segment then new.bytes else segment || new.bytes end
    from unnest($1::int4[], $2::timestamptz[], $3::timestamptz[], $4::numeric[], $5::numeric[],
                $6::numeric[], $7::int2[], $8::int8[], $9::int2[], $10::bytea[],
                $11::timestamptz[], $12::numeric[], $13::timestamptz[],
                $14::bool[], $15::bool[], $16::timestamptz[])
           as new (series_id, expected_time, last_time, value, usage, credits, count, step_ms, decimals, bytes,
                   peak_time, peak_value, drop_time, opens_hour, opens_segment, from_time)
   where series_heads.series_id = new.series_id
     and series_heads.last_time is not distinct from new.expected_time`;

/** Returns how many heads were where they were expected. */
export async function updateHeads(
  client: pg.ClientBase,
  updates: readonly HeadUpdate[],
): Promise<number> {
  const { rowCount } = await client.query({
    name: "update-heads",
    text,
    values: [
      ...toColumns(updates),
      timestamptzArray(updates.map((one) => one.peakMs)),
      numericArray(
        updates.map((one) => one.peakValue),
        VALUE_SCALE,
      ),
      timestamptzArray(updates.map((one) => one.droppedAtMs)),
      boolArray(updates.map((one) => one.opensHour)),
      boolArray(updates.map((one) => one.opensSegment)),
      timestamptzArray(updates.map((one) => one.segmentFromMs)),
    ],
  });
  return rowCount ?? 0;
}
