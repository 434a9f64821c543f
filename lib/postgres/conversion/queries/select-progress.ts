import type pg from "pg";

export interface ProgressRow {
  readonly converted: number;
  readonly series: number;
}

const text = `
  select (select count(*) from converted_heads)::int4 as converted,
         (select count(*) from series)::int4 as series`;

/** How many series are converted, and how many there are. */
export async function selectProgress(client: pg.ClientBase): Promise<ProgressRow> {
  const { rows } = await client.query<ProgressRow>({ name: "select-progress", text });
  return rows[0] as ProgressRow;
}
