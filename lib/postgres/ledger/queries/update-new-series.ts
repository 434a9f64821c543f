import type pg from "pg";

export interface NewSeriesCount {
  readonly keyId: string;
  /** How many it makes now. */
  readonly made: number;
  /** More of them have to wait for another hour. */
  readonly isWaiting: boolean;
}

const text = `
  update new_series
     set count = count + made,
         waiting = waiting or is_waiting
    from unnest($1::text[], $2::int4[], $3::bool[]) as new (key_id, made, is_waiting)
   where new_series.key_id = new.key_id
     and hour = date_trunc('hour', now(), 'UTC')`;

/** Counts new series of this hour. */
export async function updateNewSeries(
  client: pg.ClientBase,
  counts: readonly NewSeriesCount[],
): Promise<void> {
  await client.query({
    name: "update-new-series",
    text,
    values: [
      counts.map(({ keyId }) => keyId),
      counts.map(({ made }) => made),
      counts.map(({ isWaiting }) => isWaiting),
    ],
  });
}
