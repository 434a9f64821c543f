import type { Queryable } from "../../database/pool.ts";

const text = `
  delete from measurements
   using (
           select measurements.series_id, measurements.time
             from series
             join measurements using (series_id)
            where measurements.time <= series.floor_time
              and measurements.time < timestamptz 'epoch' + $1::int8 * interval '1 millisecond'
            limit $2::int8
         ) as settled
   where measurements.series_id = settled.series_id
     and measurements.time = settled.time
     and measurements.time < timestamptz 'epoch' + $1::int8 * interval '1 millisecond'`;

/** Deletes at most so many measurements that lie at or before their series' floor, and before an instant. */
export async function deleteMeasurementsBefore(
  client: Queryable,
  beforeMs: number,
  limit: number,
): Promise<number> {
  const { rowCount } = await client.query({
    name: "delete-measurements-before",
    text,
    values: [beforeMs, limit],
  });
  return rowCount ?? 0;
}
