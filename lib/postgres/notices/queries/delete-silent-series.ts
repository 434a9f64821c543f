import type pg from "pg";
import { type SilentSeriesRow, silentSeriesColumns } from "./silent-series-columns.ts";

const text = `
  with back as (
    delete from silent_series
     using series
     where series.series_id = silent_series.series_id
       and last_time >= $1::timestamptz
    returning silent_series.series_id, silent_since
  )
  select ${silentSeriesColumns}
    from back
    join series using (series_id)
    join projects using (project_id)
   order by site, project_name, metric, resource`;

/** Forgets the series that were noted as silent and have a measurement since then, and returns them. */
export async function deleteSilentSeries(
  client: pg.ClientBase,
  sinceMs: number,
): Promise<readonly SilentSeriesRow[]> {
  const { rows } = await client.query<SilentSeriesRow>({
    name: "delete-silent-series",
    text,
    values: [new Date(sinceMs)],
  });
  return rows;
}
