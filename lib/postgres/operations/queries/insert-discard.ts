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
  select $1::int4, "from", until, $4::int8, $5::text, $6::text
    from (
           select timestamptz 'epoch' + $2::int8 * interval '1 millisecond' as "from",
                  timestamptz 'epoch' + $3::int8 * interval '1 millisecond' as until
         ) as new
   where not exists (
           select from discards
            where series_id = $1::int4 and from_time <= new."from" and until_time >= new.until
         )`;

/** Records the discard, unless an earlier one covers it: the same command may run again. */
export async function insertDiscard(client: pg.ClientBase, discard: NewDiscard): Promise<void> {
  const { seriesId, fromMs, untilMs, measurements, actor, reason } = discard;
  await client.query({
    name: "insert-discard",
    text,
    values: [seriesId, fromMs, untilMs, measurements, actor, reason],
  });
}
