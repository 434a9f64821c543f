import type pg from "pg";

const text = `
  select rerate_id
    from rerates
   where request = $1::text
     and finished_at is null`;

/** The run of the same request that was stopped half-way, if there is one. */
export async function selectUnfinishedRerate(
  client: pg.ClientBase,
  request: string,
): Promise<number | undefined> {
  const { rows } = await client.query<{ rerate_id: number }>({
    name: "select-unfinished-rerate",
    text,
    values: [request],
  });
  return rows[0]?.rerate_id;
}
