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
  with closing as (
    select series_id,
           (last_time at time zone 'UTC')::date as day,
           extract(hour from last_time at time zone 'UTC')::int4 as hour,
           hour_usage + more.usage as usage,
           hour_credits + more.credits as credits
      from unnest($1::int4[], $2::numeric[], $3::numeric[]) as more (series_id, usage, credits)
      join series_heads using (series_id)
     where hour_usage + more.usage <> 0
  ), added as (
    update daily_costs
       set usage[closing.hour + 1] = coalesce(daily_costs.usage[closing.hour + 1], 0) + closing.usage,
           credits[closing.hour + 1] = coalesce(daily_costs.credits[closing.hour + 1], 0) + closing.credits
      from closing
     where daily_costs.series_id = closing.series_id
       and daily_costs.day = closing.day
    returning daily_costs.series_id
  )
  insert into daily_costs (series_id, day, usage, credits)
  select series_id, day,
         array_fill(null::numeric, array[hour]) || usage || array_fill(null::numeric, array[23 - hour]),
         array_fill(null::numeric, array[hour]) || credits || array_fill(null::numeric, array[23 - hour])
    from closing
   where series_id not in (select series_id from added)`;

/**
 * Moves the open hours of these series into their days; the caller opens others in the same transaction. An
 * element is set in place: to add two days hour by hour would take five times as long.
 */
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
