import type pg from "pg";

export interface MeasurementRow {
  readonly time_ms: number;
  readonly value: string;
}

const text = `
  select round(date_part('epoch', time) * 1000) as time_ms, value
    from measurement_rows
   where series_id = $1::int4
     and time > coalesce(timestamptz 'epoch' + $2::int8 * interval '1 millisecond', '-infinity')
   order by time
   limit $3::int4`;

/** The next measurements of a series after an instant, Unix ms (null: from the first on), ascending. */
export async function selectMeasurementRows(
  client: pg.ClientBase,
  seriesId: number,
  afterMs: number | null,
  limit: number,
): Promise<readonly MeasurementRow[]> {
  const { rows } = await client.query<MeasurementRow>({
    name: "select-measurement-rows",
    text,
    values: [seriesId, afterMs, limit],
  });
  return rows;
}
