import type pg from "pg";

const text = `
  update series
     set rerate_ids = rerate_ids || $2::int4
   where series_id = $1::int4`;

/** From the end of this transaction on the ledger of the series contains the re-rating. */
export async function updateSeriesRerated(
  client: pg.ClientBase,
  seriesId: number,
  rerateId: number,
): Promise<void> {
  await client.query({ name: "update-series-rerated", text, values: [seriesId, rerateId] });
}
