import { formatDecimal, PRICE_SCALE, VALUE_SCALE } from "../../billing/decimal.ts";
import type { Tariff, TariffPeriod } from "../../billing/tariff.ts";
import { tariffChanges, type WantedTariff } from "../../billing/tariff-changes.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { Pool } from "../database/pool.ts";
import { insertTariffs, type NewTariff } from "./queries/insert-tariffs.ts";
import { lockTariffs } from "./queries/lock-tariffs.ts";
import { selectGeneralRerates } from "./queries/select-general-rerates.ts";
import { selectTariffStart } from "./queries/select-tariff-start.ts";
import { readTariffs } from "./tariffs.ts";

/**
 * Appends what the configuration changes and returns how many rows that took. Throws `TariffRefused`
 * where it would change the past.
 */
export async function applyTariffs(
  pool: Pool,
  metrics: ReadonlyMap<string, WantedTariff>,
  actor: string,
): Promise<number> {
  return inTransaction(pool, async (client) => {
    await lockTariffs(client);
    const tariffOf = await readTariffs(client);
    const general = await selectGeneralRerates(client);
    const rows: NewTariff[] = [];
    for (const [metric, wanted] of metrics) {
      const fromMs = await selectTariffStart(client, metric);
      const changes = tariffChanges(metric, tariffOf(metric, general), wanted, fromMs);
      rows.push(...changes.map((period) => toTariffRow(metric, wanted.tariff, period)));
    }
    if (rows.length > 0) await insertTariffs(client, rows, { actor, rerateId: null });
    return rows.length;
  });
}

export const toTariffRow = (
  metric: string,
  tariff: Pick<Tariff, "kind" | "unit">,
  period: TariffPeriod,
): NewTariff => ({
  metric,
  kind: tariff.kind,
  unit: tariff.unit,
  dipWindowMs: Number.isFinite(period.dipWindowMs) ? period.dipWindowMs : null,
  maxGapMs: period.maxGapMs,
  maxRate: period.maxRate === null ? null : formatDecimal(period.maxRate, VALUE_SCALE),
  credits: formatDecimal(period.credits, PRICE_SCALE),
  validFrom: Number.isFinite(period.fromMs) ? new Date(period.fromMs).toISOString() : "-infinity",
});
