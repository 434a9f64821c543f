import type pg from "pg";
import { joinBytes } from "../../database/queries/bytes-array.ts";
import { toNumberArray } from "../../database/queries/number-array.ts";

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
  select series_id,
         timestamptz 'epoch' + from_ms * interval '1 millisecond',
         timestamptz 'epoch' + until_ms * interval '1 millisecond',
         count,
         substring($5::bytea from bytes_from for bytes_length)
    from unnest($1::int4[], $2::int8[], $3::int8[], $4::int2[], $6::int4[], $7::int4[])
           as new (series_id, from_ms, until_ms, count, bytes_from, bytes_length)`;

export async function insertSegments(
  client: pg.ClientBase,
  segments: readonly NewSegment[],
): Promise<void> {
  const numbers = (of: (segment: NewSegment) => number) => toNumberArray(segments.map(of));
  const { bytes, starts, lengths } = joinBytes(segments.map((one) => one.bytes));
  await client.query({
    name: "insert-segments",
    text,
    values: [
      numbers((one) => one.seriesId),
      numbers((one) => one.fromMs),
      numbers((one) => one.untilMs),
      numbers((one) => one.count),
      bytes,
      starts,
      lengths,
    ],
  });
}
