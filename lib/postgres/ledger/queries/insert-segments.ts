import type pg from "pg";
import {
  byteaArray,
  int2Array,
  int4Array,
  timestamptzArray,
} from "../../database/queries/binary-array.ts";

export interface NewSegment {
  readonly seriesId: number;
  /** Times of the first and the last sample, Unix milliseconds. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

const text = `
  insert into segments (series_id, from_time, until_time, count, samples)
  select series_id, from_time, until_time, count, bytes
    from unnest($1::int4[], $2::timestamptz[], $3::timestamptz[], $4::int2[], $5::bytea[])
           as new (series_id, from_time, until_time, count, bytes)`;

/** Stores sealed segments, which overlap none that is stored. */
export async function insertSegments(
  client: pg.ClientBase,
  segments: readonly NewSegment[],
): Promise<void> {
  await client.query({
    name: "insert-segments",
    text,
    values: [
      int4Array(segments.map((one) => one.seriesId)),
      timestamptzArray(segments.map((one) => one.fromMs)),
      timestamptzArray(segments.map((one) => one.untilMs)),
      int2Array(segments.map((one) => one.count)),
      byteaArray(segments.map((one) => one.bytes)),
    ],
  });
}
