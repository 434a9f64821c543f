import type pg from "pg";
import { toNumberArray } from "./number-array.ts";

const text = `
  update notices
     set rearmed_at = timestamptz 'epoch' + $2::int8 * interval '1 millisecond'
   where project_id = any ($1::int4[])
     and type = 'budget.ending'
     and rearmed_at is null`;

/** From now on it may be told again that these projects' budgets end. */
export async function updateForecastsRearmed(
  client: pg.ClientBase,
  projectIds: readonly number[],
  nowMs: number,
): Promise<void> {
  await client.query({
    name: "update-forecasts-rearmed",
    text,
    values: [toNumberArray(projectIds), nowMs],
  });
}
