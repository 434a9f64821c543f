import type pg from "pg";
import { joinBytes } from "../../database/queries/bytes-array.ts";
import { toNumberArray } from "../../database/queries/number-array.ts";

/** One head as it is to be; times in Unix milliseconds, amounts as decimals in text. */
export interface HeadUpdate {
  readonly seriesId: number;
  /** The last time that this update builds on; null: none. A head that says otherwise is not updated. */
  readonly expectedMs: number | null;
  readonly lastMs: number | null;
  readonly lastValue: string | null;
  readonly peakMs: number | null;
  readonly peakValue: string | null;
  readonly droppedAtMs: number | null;
  /** The hour of the last time is another than before: its amounts begin with these. */
  readonly opensHour: boolean;
  /** To add to the open hour. */
  readonly usage: string;
  readonly credits: string;
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
     set last_time = timestamptz 'epoch' + last_ms * interval '1 millisecond',
         last_value = new.value,
         open_peak_time = timestamptz 'epoch' + peak_ms * interval '1 millisecond',
         open_peak_value = new.peak_value,
         open_drop_time = timestamptz 'epoch' + dropped_at_ms * interval '1 millisecond',
         hour_usage = case when opens_hour then new.usage else hour_usage + new.usage end,
         hour_credits = case when opens_hour then new.credits else hour_credits + new.credits end,
         segment_from = case when opens_segment then timestamptz 'epoch' + from_ms * interval '1 millisecond'
                             else segment_from end,
         segment_count = new.count,
         segment_step_ms = new.step_ms,
         segment_decimals = new.decimals,
         segment = case when opens_segment then substring($16::bytea from new.bytes_from for new.bytes_length)
                        else segment || substring($16::bytea from new.bytes_from for new.bytes_length) end
    from unnest($1::int4[], $2::int8[], $3::int8[], $4::numeric[], $5::int8[], $6::numeric[], $7::int8[],
                $8::bool[], $9::numeric[], $10::numeric[],
                $11::bool[], $12::int8[], $13::int2[], $14::int8[], $15::int2[], $17::int4[], $18::int4[])
           as new (series_id, expected_ms, last_ms, value, peak_ms, peak_value, dropped_at_ms,
                   opens_hour, usage, credits,
                   opens_segment, from_ms, count, step_ms, decimals, bytes_from, bytes_length)
   where series_heads.series_id = new.series_id
     and last_time is not distinct from timestamptz 'epoch' + expected_ms * interval '1 millisecond'`;

/** Returns how many heads were where they were expected. */
export async function updateHeads(
  client: pg.ClientBase,
  updates: readonly HeadUpdate[],
): Promise<number> {
  const column = <Value>(of: (update: HeadUpdate) => Value) => updates.map(of);
  const numbers = (of: (update: HeadUpdate) => number | string | null) => toNumberArray(column(of));
  const { bytes, starts, lengths } = joinBytes(column((one) => one.bytes));
  const { rowCount } = await client.query({
    name: "update-heads",
    text,
    values: [
      numbers((one) => one.seriesId),
      numbers((one) => one.expectedMs),
      numbers((one) => one.lastMs),
      numbers((one) => one.lastValue),
      numbers((one) => one.peakMs),
      numbers((one) => one.peakValue),
      numbers((one) => one.droppedAtMs),
      column((one) => one.opensHour),
      numbers((one) => one.usage),
      numbers((one) => one.credits),
      column((one) => one.opensSegment),
      numbers((one) => one.segmentFromMs),
      numbers((one) => one.segmentCount),
      numbers((one) => one.segmentStepMs),
      numbers((one) => one.segmentDecimals),
      bytes,
      starts,
      lengths,
    ],
  });
  return rowCount ?? 0;
}
