import type pg from "pg";

const text = `
  delete from measurements
   where series_id = $1::int4
     and time between timestamptz 'epoch' + $2::int8 * interval '1 millisecond'
                  and timestamptz 'epoch' + $3::int8 * interval '1 millisecond'`;

/** Removes what is stored of the series between the two instants, both inclusive. */
export async function deleteMeasurementsBetween(
  client: pg.ClientBase,
  seriesId: number,
  fromMs: number,
  untilMs: number,
): Promise<void> {
  await client.query({
    name: "delete-measurements-between",
    text,
    values: [seriesId, fromMs, untilMs],
  });
}
