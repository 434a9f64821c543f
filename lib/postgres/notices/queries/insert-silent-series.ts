import type pg from "pg";
import { type SilentSeriesRow, silentSeriesColumns } from "./silent-series-columns.ts";

const text = `
  with silent as (
    insert into silent_series (series_id, silent_since)
    select series_id, last_time
      from series
     where site = any ($1::text[])
       and last_time < $2::timestamptz
       and not exists (
             select from series_acknowledged
              where series_acknowledged.series_id = series.series_id
           )
    on conflict (series_id) do nothing
    returning series_id, silent_since
  )
  select ${silentSeriesColumns}
    from silent
    join series using (series_id)
    join projects using (project_id)
   order by site, project_name, metric, resource`;

/** Notes the series of these sites that have no measurement since then; returns those that are new. */
export async function insertSilentSeries(
  client: pg.ClientBase,
  sites: readonly string[],
  sinceMs: number,
): Promise<readonly SilentSeriesRow[]> {
  const { rows } = await client.query<SilentSeriesRow>({
    name: "insert-silent-series",
    text,
    values: [sites, new Date(sinceMs)],
  });
  return rows;
}
