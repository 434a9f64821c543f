import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";
import { toNumberArray } from "../../database/queries/number-array.ts";

export interface HourColumns {
  readonly seriesIds: number[];
  /** Unix milliseconds of the hours' beginnings. */
  readonly hoursMs: number[];
  /** What to add, may be negative. */
  readonly usages: DecimalText[];
  readonly credits: DecimalText[];
}

const text = `
  insert into hourly_costs (series_id, hour, usage, credits)
  select series_id, timestamptz 'epoch' + hour_ms * interval '1 millisecond', usage, credits
    from unnest($1::int4[], $2::int8[], $3::numeric[], $4::numeric[])
           as new (series_id, hour_ms, usage, credits)
  on conflict (series_id, hour) do update
     set usage = hourly_costs.usage + excluded.usage,
         credits = hourly_costs.credits + excluded.credits`;

/** Adds to the ledger. */
export async function upsertHourlyCosts(
  client: pg.ClientBase,
  { seriesIds, hoursMs, usages, credits }: HourColumns,
): Promise<void> {
  await client.query({
    name: "upsert-hourly-costs",
    text,
    values: [
      toNumberArray(seriesIds),
      toNumberArray(hoursMs),
      toNumberArray(usages),
      toNumberArray(credits),
    ],
  });
}
