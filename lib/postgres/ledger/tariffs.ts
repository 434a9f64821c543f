import { PRICE_SCALE, parseDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { MetricKind, TariffPeriod } from "../../billing/tariff.ts";
import { type TariffOf, type TariffRecord, tariffBook } from "../../billing/tariff-book.ts";
import type { Queryable } from "../database/pool.ts";
import { selectTariffs, type TariffRow } from "./queries/select-tariffs.ts";

/** The tariffs that the database holds, for any series. */
export const readTariffs = async (client: Queryable): Promise<TariffOf> =>
  tariffBook(await readTariffRecords(client));

/** In the order in which they were recorded. */
export async function readTariffRecords(client: Queryable): Promise<readonly TariffRecord[]> {
  return (await selectTariffs(client)).map((row) => ({
    metric: row.metric,
    kind: row.kind as MetricKind,
    unit: row.unit,
    period: toPeriod(row),
    rerateId: row.rerate_id,
  }));
}

const toPeriod = (row: TariffRow): TariffPeriod => ({
  fromMs: row.valid_from_ms ?? Number.NEGATIVE_INFINITY,
  credits: parseDecimal(row.credits, PRICE_SCALE),
  dipWindowMs: row.dip_window_ms === null ? Number.POSITIVE_INFINITY : Number(row.dip_window_ms),
  maxGapMs: Number(row.max_gap_ms),
  maxRate: row.max_rate === null ? null : parseDecimal(row.max_rate, VALUE_SCALE),
  recordedBy: row.actor,
});
