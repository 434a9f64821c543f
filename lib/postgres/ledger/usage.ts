import { parseCredits } from "../../billing/credits.ts";
import { type Usage, windowStartMs } from "../../billing/forecast.ts";
import type { Queryable } from "../database/pool.ts";
import { selectBurn } from "./queries/select-burn.ts";

export const noUsage: Usage = { credits: { day: 0n, week: 0n, month: 0n }, firstMs: null };

/** The projects' usage in the last day, week and month; one that was never measured is left out. */
export async function readUsage(
  client: Queryable,
  projectIds: readonly number[],
  nowMs: number,
): Promise<ReadonlyMap<number, Usage>> {
  const rows = await selectBurn(client, projectIds, {
    day: windowStartMs("day", nowMs),
    week: windowStartMs("week", nowMs),
    month: windowStartMs("month", nowMs),
  });
  return new Map(
    rows.map(({ project_id, first_ms, day, week, month }) => [
      project_id,
      {
        credits: { day: parseCredits(day), week: parseCredits(week), month: parseCredits(month) },
        firstMs: first_ms,
      },
    ]),
  );
}
