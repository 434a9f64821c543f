import type pg from "pg";
import { VALUE_SCALE } from "../../../billing/decimal.ts";
import type { LargeStep } from "../../../billing/doubts.ts";
import { int4Array, numericArray, timestamptzArray } from "../../database/queries/binary-array.ts";

const text = `
  insert into large_steps (series_id, from_time, until_time, from_value, until_value)
  select * from unnest($1::int4[], $2::timestamptz[], $3::timestamptz[], $4::numeric[], $5::numeric[])
  on conflict do nothing`;

export async function insertLargeSteps(
  client: pg.ClientBase,
  steps: readonly (LargeStep & { readonly seriesId: number })[],
): Promise<void> {
  await client.query({
    name: "insert-large-steps",
    text,
    values: [
      int4Array(steps.map(({ seriesId }) => seriesId)),
      timestamptzArray(steps.map(({ from }) => from.timeMs)),
      timestamptzArray(steps.map(({ until }) => until.timeMs)),
      numericArray(
        steps.map(({ from }) => from.value),
        VALUE_SCALE,
      ),
      numericArray(
        steps.map(({ until }) => until.value),
        VALUE_SCALE,
      ),
    ],
  });
}
