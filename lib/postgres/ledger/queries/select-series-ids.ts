import type pg from "pg";
import type { SeriesKey } from "../../../billing/measurement.ts";
import { type SeriesKeyColumns, toColumns } from "./series-columns.ts";

export interface SeriesIdRow {
  /** Counts the wanted ones from 1. */
  readonly position: number;
  readonly series_id: number;
  readonly project_id: number;
}

const text = `
  select wanted.position::int4 as position, series.series_id, series.project_id
    from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality
           as wanted (project_name, metric, site, resource, position)
    join projects using (project_name)
    join series on series.project_id = projects.project_id
               and series.metric = wanted.metric
               and series.site = wanted.site
               and series.resource = wanted.resource`;

/** The ids of those of the wanted series that there are. */
export async function selectSeriesIds(
  client: pg.ClientBase,
  keys: readonly SeriesKey[],
): Promise<readonly SeriesIdRow[]> {
  const values: SeriesKeyColumns = toColumns(keys);
  const { rows } = await client.query<SeriesIdRow>({ name: "select-series-ids", text, values });
  return rows;
}
