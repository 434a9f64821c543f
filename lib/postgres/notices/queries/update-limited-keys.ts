import type pg from "pg";

export interface LimitedKeyRow {
  readonly key_id: string;
  readonly hour_ms: number;
  readonly count: number;
}

const text = `
  update new_series
     set noticed_at = $1::timestamptz
   where waiting
     and noticed_at is null
     and hour >= $1::timestamptz - interval '2 hours'
  returning key_id, round(date_part('epoch', hour) * 1000) as hour_ms, count,
            exists (
              select from new_series as before
               where before.key_id = new_series.key_id
                 and before.hour = new_series.hour - interval '1 hour'
                 and before.waiting
            ) as goes_on`;

/** The keys whose new series wait since the last time that they were asked for, and did not the hour before. */
export async function updateLimitedKeys(
  client: pg.ClientBase,
  nowMs: number,
): Promise<readonly LimitedKeyRow[]> {
  const { rows } = await client.query<LimitedKeyRow & { readonly goes_on: boolean }>({
    name: "update-limited-keys",
    text,
    values: [new Date(nowMs)],
  });
  return rows.filter((row) => !row.goes_on);
}
