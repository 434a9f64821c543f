import type pg from "pg";
import { int4Array, timestamptzArray } from "../../database/queries/binary-array.ts";
import { toNumberArray } from "../../database/queries/number-array.ts";

export interface DayChange {
  readonly seriesId: number;
  /** The beginning of the UTC day, Unix milliseconds. */
  readonly dayMs: number;
  /** Amounts to add to its 24 hours, decimals as text, may be negative; null: nothing. */
  readonly usage: readonly (string | null)[];
  readonly credits: readonly (string | null)[];
}

const text = `
  insert into daily_costs (series_id, day, usage, credits)
  select series_id,
         (day at time zone 'UTC')::date,
         add_hours(usage::numeric[], null),
         add_hours(credits::numeric[], null)
    from unnest($1::int4[], $2::timestamptz[], $3::text[], $4::text[]) as new (series_id, day, usage, credits)
  on conflict (series_id, day) do update
     set usage = add_hours(daily_costs.usage, excluded.usage),
         credits = add_hours(daily_costs.credits, excluded.credits)`;

/** Adds to closed hours of the ledger, at most one change for each series and day. */
export async function upsertDailyCosts(
  client: pg.ClientBase,
  days: readonly DayChange[],
): Promise<void> {
  await client.query({
    name: "upsert-daily-costs",
    text,
    values: [
      int4Array(days.map(({ seriesId }) => seriesId)),
      timestamptzArray(days.map(({ dayMs }) => dayMs)),
      days.map(({ usage }) => toNumberArray(usage)),
      days.map(({ credits }) => toNumberArray(credits)),
    ],
  });
}
