import type pg from "pg";
import { pendingCosts } from "../../billing/fold.ts";
import { toSample } from "../ledger/stored-series.ts";
import { readTariffs } from "../ledger/tariffs.ts";
import { selectOpenDrops } from "./queries/select-open-drops.ts";

/**
 * What the project's open drops hold back, at CREDITS_SCALE: what they cost if they prove to be resets.
 * Everything after the peak is held back, so nothing before it needs to be read.
 */
export async function readPendingCredits(
  client: pg.ClientBase,
  projectName: string,
): Promise<bigint> {
  const rows = await selectOpenDrops(client, projectName);
  const tariffOf = await readTariffs(client);
  let pending = 0n;
  for (const series of Map.groupBy(rows, ({ series_id }) => series_id).values()) {
    const [peak] = series;
    const tariff = peak && tariffOf(peak.metric, peak.rerate_ids);
    if (tariff === undefined) continue;
    for (const { credits } of pendingCosts(series.map(toSample), tariff).values()) {
      pending += credits;
    }
  }
  return pending;
}
