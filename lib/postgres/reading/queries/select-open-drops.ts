import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";

export interface OpenDropRow {
  readonly series_id: number;
  readonly metric: string;
  readonly rerate_ids: readonly number[];
  readonly time_ms: number;
  readonly value: DecimalText;
}

const text = `
  select series_id, metric, rerate_ids,
         (extract(epoch from stored.time) * 1000)::float8 as time_ms, stored.value
    from projects
    join series using (project_id)
   cross join lateral (
           select open_peak_time as time, open_peak_value as value
           union all
           select time, value
             from measurements
            where measurements.series_id = series.series_id
              and time > open_peak_time
         ) as stored
   where project_name = $1::text
     and open_peak_time is not null
   order by series_id, time_ms`;

/** Of the project's series with an open drop: the peak and all that was measured since, ascending. */
export async function selectOpenDrops(
  client: pg.ClientBase,
  projectName: string,
): Promise<readonly OpenDropRow[]> {
  const { rows } = await client.query<OpenDropRow>({
    name: "select-open-drops",
    text,
    values: [projectName],
  });
  return rows;
}
