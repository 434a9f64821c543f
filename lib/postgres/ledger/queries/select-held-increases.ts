import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";

export interface HeldIncreaseRow {
  readonly from_ms: number;
  readonly until_ms: number;
  readonly usage: DecimalText;
  readonly credits: DecimalText;
}

const text = `
  select round(date_part('epoch', from_time) * 1000) as from_ms,
         round(date_part('epoch', until_time) * 1000) as until_ms,
         usage, credits
    from held_increases
   where series_id = $1::int4
     and from_time >= coalesce($2::timestamptz, '-infinity')
   order by from_time`;

/** What is held of a series from an instant on, Unix milliseconds; null: all of it. */
export async function selectHeldIncreases(
  client: pg.ClientBase,
  seriesId: number,
  fromMs: number | null,
): Promise<readonly HeldIncreaseRow[]> {
  const { rows } = await client.query<HeldIncreaseRow>({
    name: "select-held-increases",
    text,
    values: [seriesId, fromMs === null ? null : new Date(fromMs)],
  });
  return rows;
}
