import type pg from "pg";
import { CREDITS_SCALE, VALUE_SCALE } from "../../../billing/decimal.ts";
import { int4Array, numericArray } from "../../database/queries/binary-array.ts";

export interface ClosingHour {
  readonly seriesId: number;
  /** To add to the open hour before it is closed; at VALUE_SCALE and CREDITS_SCALE. */
  readonly usage: bigint;
  readonly credits: bigint;
}

const text = `
  insert into daily_costs (series_id, day, usage, credits)
  select series_id, day,
         array_fill(null::numeric, array[hour]) || usage || array_fill(null::numeric, array[23 - hour]),
         array_fill(null::numeric, array[hour]) || credits || array_fill(null::numeric, array[23 - hour])
    from (
           select series_id,
                  (last_time at time zone 'UTC')::date as day,
                  extract(hour from last_time at time zone 'UTC')::int4 as hour,
                  hour_usage + more.usage as usage,
                  hour_credits + more.credits as credits
             from unnest($1::int4[], $2::numeric[], $3::numeric[]) as more (series_id, usage, credits)
             join series_heads using (series_id)
         ) as closing
   where usage <> 0
  on conflict (series_id, day) do update
     set usage = add_hours(daily_costs.usage, excluded.usage),
         credits = add_hours(daily_costs.credits, excluded.credits)`;

/** Moves the open hours of these series into their days; the caller opens others in the same transaction. */
export async function closeHours(
  client: pg.ClientBase,
  closing: readonly ClosingHour[],
): Promise<void> {
  await client.query({
    name: "close-hours",
    text,
    values: [
      int4Array(closing.map(({ seriesId }) => seriesId)),
      numericArray(
        closing.map(({ usage }) => usage),
        VALUE_SCALE,
      ),
      numericArray(
        closing.map(({ credits }) => credits),
        CREDITS_SCALE,
      ),
    ],
  });
}
