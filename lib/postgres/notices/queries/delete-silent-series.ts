import type pg from "pg";
import type { ReportingSpan } from "../../../usecases/notices/watch-sites.ts";
import { type SilentSeriesRow, silentSeriesColumns } from "./silent-series-columns.ts";

const text = `
  with back as (
    delete from silent_series
     using series_heads
     where series_heads.series_id = silent_series.series_id
       and last_time between $1::timestamptz and $2::timestamptz
       and last_time <> silent_since
    returning silent_series.series_id, silent_since
  )
  select ${silentSeriesColumns}
    from back
    join series using (series_id)
    join projects using (project_id)
   order by site, project_name, metric, resource`;

/**
 * Forgets the series that were noted as silent and have another last measurement now, within the span, and
 * returns them: one that lay ahead is no other when the clock has come so far.
 */
export async function deleteSilentSeries(
  client: pg.ClientBase,
  { sinceMs, untilMs }: ReportingSpan,
): Promise<readonly SilentSeriesRow[]> {
  const { rows } = await client.query<SilentSeriesRow>({
    name: "delete-silent-series",
    text,
    values: [new Date(sinceMs), new Date(untilMs)],
  });
  return rows;
}
