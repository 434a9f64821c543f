import type pg from "pg";

/** A series as it was stored before there were heads. */
export interface UnconvertedSeriesRow {
  readonly series_id: number;
  readonly floor_ms: number | null;
  readonly last_ms: number | null;
  /** The end of the segments that an earlier step has stored. */
  readonly converted_ms: number | null;
}

const text = `
  select series_id,
         round(date_part('epoch', floor_time) * 1000) as floor_ms,
         round(date_part('epoch', last_time) * 1000) as last_ms,
         (
           select round(date_part('epoch', until_time) * 1000)
             from segments
            where segments.series_id = series.series_id
            order by from_time desc
            limit 1
         ) as converted_ms
    from series
   where not exists (
           select from converted_heads
            where converted_heads.series_id = series.series_id
         )
     and series_id > $1::int4
   order by series_id
   limit 1`;

/** The next series, by id, that has not been converted. */
export async function selectNextSeries(
  client: pg.ClientBase,
  afterSeriesId: number,
): Promise<UnconvertedSeriesRow | undefined> {
  const { rows } = await client.query<UnconvertedSeriesRow>({
    name: "select-next-series",
    text,
    values: [afterSeriesId],
  });
  return rows[0];
}
