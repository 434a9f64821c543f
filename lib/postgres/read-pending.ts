import type pg from "pg";
import { parseDecimal, VALUE_SCALE } from "../billing/decimal.ts";
import { pendingCosts } from "../billing/fold.ts";
import { selectOpenDrops } from "./queries/select-open-drops.ts";
import { readTariffs } from "./tariffs.ts";

/**
 * What the project's open drops hold back, at CREDITS_SCALE: what they cost if they prove to be resets.
 * Everything after the peak is held back, so nothing before it needs to be read.
 */
export async function readPendingCredits(
  client: pg.ClientBase,
  projectName: string,
): Promise<bigint> {
  const rows = await selectOpenDrops(client, projectName);
  const tariffs = await readTariffs(client);
  let pending = 0n;
  for (const series of Map.groupBy(rows, ({ series_id }) => series_id).values()) {
    const tariff = tariffs.get(series[0]?.metric ?? "");
    if (tariff === undefined) continue;
    const samples = series.map(({ time_ms, value }) => ({
      timeMs: time_ms,
      value: parseDecimal(value, VALUE_SCALE),
    }));
    for (const { credits } of pendingCosts(samples, tariff).values()) pending += credits;
  }
  return pending;
}
