import type pg from "pg";
import { int4Array } from "../../database/queries/binary-array.ts";

const text = `
  insert into segments (series_id, from_time, until_time, count, samples)
  select series_id, segment_from, last_time, segment_count, segment
    from series_heads
   where series_id = any($1::int4[])
     and segment_count > 0`;

/** Stores the open segments of these series as they are; the caller opens others in the same transaction. */
export async function sealSegments(
  client: pg.ClientBase,
  seriesIds: readonly number[],
): Promise<void> {
  await client.query({ name: "seal-segments", text, values: [int4Array(seriesIds)] });
}
