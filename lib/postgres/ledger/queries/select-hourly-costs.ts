import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";

export interface HourlyCostRow {
  readonly hour_ms: number;
  readonly usage: DecimalText;
  readonly credits: DecimalText;
}

const text = `
  select round(date_part('epoch', hour) * 1000) as hour_ms, usage, credits
    from hourly_costs
   where series_id = $1::int4
     and hour >= coalesce($2::timestamptz, '-infinity')
     and (usage <> 0 or credits <> 0)`;

/** The ledger of a series from an hour on, Unix milliseconds; null: all of it. */
export async function selectHourlyCosts(
  client: pg.ClientBase,
  seriesId: number,
  fromHourMs: number | null,
): Promise<readonly HourlyCostRow[]> {
  const { rows } = await client.query<HourlyCostRow>({
    name: "select-hourly-costs",
    text,
    values: [seriesId, fromHourMs === null ? null : new Date(fromHourMs)],
  });
  return rows;
}
