import type { WantedTariff } from "../billing/tariff-changes.ts";
import type { Pool } from "./database/pool.ts";
import { applyTariffs } from "./ledger/apply-tariffs.ts";
import { type MigrateOptions, migrate, readMigrations } from "./migrate.ts";

export interface Prepared {
  /** Names of the migrations that were applied now. */
  readonly migrations: readonly string[];
  /** How many rows the tariffs grew by. */
  readonly tariffs: number;
}

/** Brings the schema and the tariffs up to what the code and the configuration say. */
export async function prepareDatabase(
  pool: Pool,
  migrationsDirectory: URL,
  metrics: ReadonlyMap<string, WantedTariff>,
  actor: string,
  options: MigrateOptions = {},
): Promise<Prepared> {
  const migrations = await migrate(pool, await readMigrations(migrationsDirectory), options);
  return { migrations, tariffs: await applyTariffs(pool, metrics, actor) };
}
