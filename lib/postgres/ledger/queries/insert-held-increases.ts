import type pg from "pg";
import { CREDITS_SCALE, VALUE_SCALE } from "../../../billing/decimal.ts";
import type { HeldIncrease } from "../../../billing/held-increases.ts";
import { int4Array, numericArray, timestamptzArray } from "../../database/queries/binary-array.ts";

const text = `
  insert into held_increases (series_id, from_time, until_time, usage, credits)
  select series_id, from_time, until_time, usage, credits
    from unnest($1::int4[], $2::timestamptz[], $3::timestamptz[], $4::numeric[], $5::numeric[])
           as new (series_id, from_time, until_time, usage, credits)`;

export async function insertHeldIncreases(
  client: pg.ClientBase,
  held: readonly (HeldIncrease & { readonly seriesId: number })[],
): Promise<void> {
  await client.query({
    name: "insert-held-increases",
    text,
    values: [
      int4Array(held.map(({ seriesId }) => seriesId)),
      timestamptzArray(held.map(({ fromMs }) => fromMs)),
      timestamptzArray(held.map(({ untilMs }) => untilMs)),
      numericArray(
        held.map(({ usage }) => usage),
        VALUE_SCALE,
      ),
      numericArray(
        held.map(({ credits }) => credits),
        CREDITS_SCALE,
      ),
    ],
  });
}
