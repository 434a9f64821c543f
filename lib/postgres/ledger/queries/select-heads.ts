import type pg from "pg";
import { int4Array } from "../../database/queries/binary-array.ts";

/** A series and where it stands, but not the bytes of its open segment; see `toStoredSeries`. */
export interface HeadRow {
  readonly series_id: number;
  readonly project_id: number;
  readonly last_time_ms: number | null;
  readonly last_value: string | null;
  readonly open_peak_time_ms: number | null;
  readonly open_peak_value: string | null;
  readonly open_drop_time_ms: number | null;
  readonly segment_from_ms: number | null;
  readonly segment_count: number;
  readonly segment_step_ms: number;
  readonly segment_decimals: number;
  readonly floor_time_ms: number | null;
  readonly floor_value: string | null;
  readonly rerate_ids: readonly number[];
}

/**
 * The columns of a `HeadRow`. `date_part` counts in float8, exact to the millisecond once rounded, at a
 * fraction of the cost of the numeric that `extract` makes.
 */
export const headColumns = `
         series.series_id,
         series.project_id,
         round(date_part('epoch', heads.last_time) * 1000) as last_time_ms,
         heads.last_value,
         round(date_part('epoch', heads.open_peak_time) * 1000) as open_peak_time_ms,
         heads.open_peak_value,
         round(date_part('epoch', heads.open_drop_time) * 1000) as open_drop_time_ms,
         round(date_part('epoch', heads.segment_from) * 1000) as segment_from_ms,
         heads.segment_count,
         heads.segment_step_ms::float8,
         heads.segment_decimals,
         round(date_part('epoch', series.floor_time) * 1000) as floor_time_ms,
         series.floor_value,
         series.rerate_ids`;

const text = `
  select${headColumns}
    from unnest($1::int4[]) as wanted (series_id)
    join series_heads as heads using (series_id)
    join series using (series_id)`;

/** Where these series stand, in any order. */
export async function selectHeads(
  client: pg.ClientBase,
  seriesIds: readonly number[],
): Promise<readonly HeadRow[]> {
  const { rows } = await client.query<HeadRow>({
    name: "select-heads",
    text,
    values: [int4Array(seriesIds)],
  });
  return rows;
}
