import type pg from "pg";
import type { ReportingSpan } from "../../../usecases/notices/watch-sites.ts";
import { type SilentSeriesRow, silentSeriesColumns } from "./silent-series-columns.ts";

const text = `
  with silent as (
    insert into silent_series (series_id, silent_since)
    select series_id, last_time
      from series
      join series_heads using (series_id)
     where site = any ($1::text[])
       and (last_time < $2::timestamptz or last_time > $3::timestamptz)
       and not exists (
             select from series_acknowledged
              where series_acknowledged.series_id = series.series_id
           )
    on conflict (series_id) do update
       set silent_since = excluded.silent_since
     where excluded.silent_since > $3::timestamptz
       and silent_series.silent_since <= $3::timestamptz
    returning series_id, silent_since
  )
  select ${silentSeriesColumns}
    from silent
    join series using (series_id)
    join projects using (project_id)
   order by site, project_name, metric, resource`;

/**
 * Notes the series of these sites whose last measurement lies outside of the span; returns those that are
 * new, or were silent before one came that lies ahead.
 */
export async function insertSilentSeries(
  client: pg.ClientBase,
  sites: readonly string[],
  { sinceMs, untilMs }: ReportingSpan,
): Promise<readonly SilentSeriesRow[]> {
  const { rows } = await client.query<SilentSeriesRow>({
    name: "insert-silent-series",
    text,
    values: [sites, new Date(sinceMs), new Date(untilMs)],
  });
  return rows;
}
