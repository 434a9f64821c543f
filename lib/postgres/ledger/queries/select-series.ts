import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";
import type { SeriesKey } from "../../../billing/measurement.ts";
import { type SeriesKeyColumns, toColumns } from "./series-columns.ts";

/** A series as the usecases need it; see `toStoredSeries`. */
export interface StoredSeriesRow {
  readonly series_id: number;
  readonly project_id: number;
  readonly last_time_ms: number | null;
  readonly last_value: DecimalText | null;
  readonly open_peak_time_ms: number | null;
  readonly open_peak_value: DecimalText | null;
  readonly open_drop_time_ms: number | null;
  readonly floor_time_ms: number | null;
  readonly floor_value: DecimalText | null;
  readonly rerate_ids: readonly number[];
}

export interface SeriesRow extends StoredSeriesRow {
  readonly position: number;
}

/**
 * The columns of a `StoredSeriesRow`. `date_part` counts in float8, exact to the millisecond once
 * rounded, at a fraction of the cost of the numeric that `extract` makes.
 */
export const storedSeriesColumns = `
         series.series_id,
         series.project_id,
         round(date_part('epoch', series.last_time) * 1000) as last_time_ms,
         series.last_value,
         round(date_part('epoch', series.open_peak_time) * 1000) as open_peak_time_ms,
         series.open_peak_value,
         round(date_part('epoch', series.open_drop_time) * 1000) as open_drop_time_ms,
         round(date_part('epoch', series.floor_time) * 1000) as floor_time_ms,
         series.floor_value,
         series.rerate_ids`;

const text = `
  select wanted.position::int4 as position,${storedSeriesColumns}
    from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality
           as wanted (project_name, metric, site, resource, position)
    join projects using (project_name)
    join series on series.project_id = projects.project_id
               and series.metric = wanted.metric
               and series.site = wanted.site
               and series.resource = wanted.resource`;

/** The stored ones of the wanted series; `position` counts the wanted ones from 1. */
export async function selectSeries(
  client: pg.ClientBase,
  keys: readonly SeriesKey[],
): Promise<readonly SeriesRow[]> {
  const values: SeriesKeyColumns = toColumns(keys);
  const { rows } = await client.query<SeriesRow>({ name: "select-series", text, values });
  return rows;
}
