import type pg from "pg";

export interface NewDiscard {
  readonly seriesId: number;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly measurements: number;
  readonly actor: string;
  readonly reason: string;
}

const text = `
  insert into discards (series_id, from_time, until_time, measurements, actor, reason)
  select $1::int4, $2::timestamptz, $3::timestamptz, $4::int8, $5::text, $6::text
   where not exists (
           select from discards
            where series_id = $1::int4 and from_time <= $2::timestamptz and until_time >= $3::timestamptz
         )`;

/** Records the discard, unless an earlier one covers it: the same command may run again. */
export async function insertDiscard(client: pg.ClientBase, discard: NewDiscard): Promise<void> {
  const { seriesId, fromMs, untilMs, measurements, actor, reason } = discard;
  await client.query({
    name: "insert-discard",
    text,
    values: [seriesId, new Date(fromMs), new Date(untilMs), measurements, actor, reason],
  });
}
