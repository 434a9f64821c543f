import type pg from "pg";

export interface OpenDropRow {
  readonly project_id: number;
  readonly series_id: number;
  readonly metric: string;
  readonly rerate_ids: readonly number[];
  /** When the measurement before the drop was taken, Unix milliseconds. */
  readonly peak_ms: number;
}

const text = `
  select project_id, series_id, metric, rerate_ids,
         round(date_part('epoch', open_peak_time) * 1000) as peak_ms
    from series
    join series_heads using (series_id)
   where project_id = any ($1::int4[])
     and open_peak_time is not null
   order by series_id`;

/** The projects' series with an open drop. */
export async function selectOpenDrops(
  client: pg.ClientBase,
  projectIds: readonly number[],
): Promise<readonly OpenDropRow[]> {
  const { rows } = await client.query<OpenDropRow>({
    name: "select-open-drops",
    text,
    values: [projectIds],
  });
  return rows;
}
