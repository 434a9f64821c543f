import type pg from "pg";
import { pendingCosts } from "../../billing/fold.ts";
import { readWindows } from "../ledger/read-samples.ts";
import { readTariffs } from "../ledger/tariffs.ts";
import { selectOpenDrops } from "./queries/select-open-drops.ts";

/**
 * The credits that the open drops of each project hold back, at CREDITS_SCALE: their cost if they prove to be
 * resets; a project without one is left out. Everything after the peak is held back, so nothing before it needs to be read.
 */
export async function readPendingCredits(
  client: pg.ClientBase,
  projectIds: readonly number[],
): Promise<ReadonlyMap<number, bigint>> {
  const tariffOf = await readTariffs(client);
  const drops = (await selectOpenDrops(client, projectIds)).map((row) => ({
    projectId: row.project_id,
    seriesId: row.series_id,
    fromMs: row.peak_ms,
    toMs: null,
    tariff: tariffOf(row.metric, row.rerate_ids),
  }));
  const pending = new Map<number, bigint>();
  for (const { projectId, tariff, fromMs, read } of await readWindows(client, drops)) {
    if (tariff === undefined) continue;
    const held = read.filter(({ timeMs }) => timeMs >= fromMs);
    for (const { credits } of pendingCosts(held, tariff).values()) {
      pending.set(projectId, (pending.get(projectId) ?? 0n) + credits);
    }
  }
  return pending;
}
