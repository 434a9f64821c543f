import type pg from "pg";

const text = `
  insert into new_series (key_id, hour, count)
  select key_id, date_trunc('hour', now(), 'UTC'), 0
    from unnest($1::text[]) as new (key_id)
   order by key_id
  on conflict (key_id, hour) do update
     set count = new_series.count
  returning key_id, count`;

/**
 * How many series these keys have made in this hour. The rows are locked until the transaction ends, in the
 * order of the keys, so that no two transactions give away the same.
 */
export async function upsertNewSeries(
  client: pg.ClientBase,
  keyIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query<{ key_id: string; count: number }>({
    name: "upsert-new-series",
    text,
    values: [keyIds],
  });
  return new Map(rows.map((row) => [row.key_id, row.count]));
}
