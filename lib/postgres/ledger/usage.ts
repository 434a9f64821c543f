import { parseCredits } from "../../billing/credits.ts";
import { type Usage, windowStartMs } from "../../billing/forecast.ts";
import { hourMs } from "../../billing/time.ts";
import type { Queryable } from "../database/pool.ts";
import { elementsOf } from "../database/queries/number-array.ts";
import { type BurnRow, selectBurn } from "./queries/select-burn.ts";

export const noUsage: Usage = { credits: { day: 0n, week: 0n, month: 0n }, firstMs: null };

/** The projects' usage in the last day, week and month; one that was never measured is left out. */
export async function readUsage(
  client: Queryable,
  projectIds: readonly number[],
  nowMs: number,
): Promise<ReadonlyMap<number, Usage>> {
  const rows = await selectBurn(client, projectIds, windowStartMs("month", nowMs));
  const byProject = Map.groupBy(rows, (row) => row.project_id);
  return new Map([...byProject].map(([projectId, parts]) => [projectId, toUsage(parts, nowMs)]));
}

function toUsage(rows: readonly BurnRow[], nowMs: number): Usage {
  const [dayStartMs, weekStartMs, monthStartMs] = [
    windowStartMs("day", nowMs),
    windowStartMs("week", nowMs),
    windowStartMs("month", nowMs),
  ];
  let [day, week, month] = [0n, 0n, 0n];
  let firstMs: number | null = null;
  for (const row of rows) {
    if (row.kind === "series" && row.first_ms !== null) {
      firstMs = Math.min(firstMs ?? row.first_ms, row.first_ms);
    }
    let hour = row.at_ms ?? Number.NEGATIVE_INFINITY;
    for (const amount of row.kind === "day" ? elementsOf(row.credits) : [row.credits]) {
      if (amount !== "NULL" && hour >= monthStartMs) {
        const credits = parseCredits(amount);
        month += credits;
        if (hour >= weekStartMs) week += credits;
        if (hour >= dayStartMs) day += credits;
      }
      hour += hourMs;
    }
  }
  return { credits: { day, week, month }, firstMs };
}
