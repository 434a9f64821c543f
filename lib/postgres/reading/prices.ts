import type { Tariff } from "../../billing/tariff.ts";
import { tariffBook } from "../../billing/tariff-book.ts";
import type { Pool } from "../database/pool.ts";
import { readTariffRecords } from "../ledger/tariffs.ts";
import { reading } from "./credits.ts";

/** The tariff of each metric as it is after all re-ratings. Throws `Unavailable`. */
export const readTariffsInForce = (pool: Pool): Promise<(metric: string) => Tariff | undefined> =>
  reading(async () => {
    const records = await readTariffRecords(pool);
    const rerateIds = records.flatMap(({ rerateId }) => rerateId ?? []);
    const tariffOf = tariffBook(records);
    return (metric) => tariffOf(metric, rerateIds);
  });
