import type pg from "pg";
import { PRICE_SCALE, parseDecimal } from "../billing/decimal.ts";
import type { MetricKind, Tariff, TariffPeriod } from "../billing/tariff.ts";
import { selectTariffs, type TariffRow } from "./queries/select-tariffs.ts";

/** The tariff of every metric that has one. */
export async function readTariffs(client: pg.ClientBase): Promise<ReadonlyMap<string, Tariff>> {
  const tariffs = new Map<string, Tariff & { readonly periods: TariffPeriod[] }>();
  for (const row of await selectTariffs(client)) {
    const tariff = tariffs.get(row.metric);
    if (tariff !== undefined) tariff.periods.push(toPeriod(row));
    else {
      const kind = row.kind as MetricKind;
      tariffs.set(row.metric, { kind, unit: row.unit, periods: [toPeriod(row)] });
    }
  }
  return tariffs;
}

const toPeriod = (row: TariffRow): TariffPeriod => ({
  fromMs: row.valid_from_ms ?? Number.NEGATIVE_INFINITY,
  credits: parseDecimal(row.credits, PRICE_SCALE),
  dipWindowMs: row.dip_window_ms === null ? Number.POSITIVE_INFINITY : Number(row.dip_window_ms),
  maxGapMs: Number(row.max_gap_ms),
});
