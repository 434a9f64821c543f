import type pg from "pg";

const text = `
  delete from series_acknowledged
   using series
   where series.series_id = series_acknowledged.series_id
     and series.last_time > series_acknowledged.last_time`;

/** Ends the acknowledgements of series that have reported since. */
export async function deleteEndedAcknowledgements(client: pg.ClientBase): Promise<void> {
  await client.query({ name: "delete-ended-acknowledgements", text });
}
