import type pg from "pg";
import { CREDITS_SCALE, VALUE_SCALE } from "../../../billing/decimal.ts";
import {
  boolArray,
  byteaArray,
  int2Array,
  int4Array,
  int8Array,
  numericArray,
  timestamptzArray,
} from "../../database/queries/binary-array.ts";

/** One head as it is to be; times in Unix milliseconds, values and usage at VALUE_SCALE. */
export interface HeadUpdate {
  readonly seriesId: number;
  /** The last time that this update builds on; null: none. A head that says otherwise is not updated. */
  readonly expectedMs: number | null;
  readonly lastMs: number | null;
  readonly lastValue: bigint | null;
  readonly peakMs: number | null;
  readonly peakValue: bigint | null;
  readonly droppedAtMs: number | null;
  /** The hour of the last time is another than before: its amounts begin with these. */
  readonly opensHour: boolean;
  /** To add to the open hour. */
  readonly usage: bigint;
  /** At CREDITS_SCALE. */
  readonly credits: bigint;
  /** The bytes are the whole open segment, which begins there; false: they are its end. */
  readonly opensSegment: boolean;
  readonly segmentFromMs: number | null;
  readonly segmentCount: number;
  readonly segmentStepMs: number;
  readonly segmentDecimals: number;
  readonly bytes: Uint8Array;
}

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
    from unnest($1::int4[], $2::timestamptz[], $3::timestamptz[], $4::numeric[],
                $5::timestamptz[], $6::numeric[], $7::timestamptz[],
                $8::bool[], $9::numeric[], $10::numeric[],
                $11::bool[], $12::timestamptz[], $13::int2[], $14::int8[], $15::int2[], $16::bytea[])
           as new (series_id, expected_time, last_time, value, peak_time, peak_value, drop_time,
                   opens_hour, usage, credits, opens_segment, from_time, count, step_ms, decimals, bytes)
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
      int4Array(updates.map((one) => one.seriesId)),
      timestamptzArray(updates.map((one) => one.expectedMs)),
      timestamptzArray(updates.map((one) => one.lastMs)),
      numericArray(
        updates.map((one) => one.lastValue),
        VALUE_SCALE,
      ),
      timestamptzArray(updates.map((one) => one.peakMs)),
      numericArray(
        updates.map((one) => one.peakValue),
        VALUE_SCALE,
      ),
      timestamptzArray(updates.map((one) => one.droppedAtMs)),
      boolArray(updates.map((one) => one.opensHour)),
      numericArray(
        updates.map((one) => one.usage),
        VALUE_SCALE,
      ),
      numericArray(
        updates.map((one) => one.credits),
        CREDITS_SCALE,
      ),
      boolArray(updates.map((one) => one.opensSegment)),
      timestamptzArray(updates.map((one) => one.segmentFromMs)),
      int2Array(updates.map((one) => one.segmentCount)),
      int8Array(updates.map((one) => one.segmentStepMs)),
      int2Array(updates.map((one) => one.segmentDecimals)),
      byteaArray(updates.map((one) => one.bytes)),
    ],
  });
  return rowCount ?? 0;
}
