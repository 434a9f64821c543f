import { readdir, readFile } from "node:fs/promises";
import type pg from "pg";
import { convertNextSeries } from "./conversion/convert-storage.ts";
import { selectProgress } from "./conversion/queries/select-progress.ts";
import { inTransaction } from "./database/in-transaction.ts";
import type { Pool } from "./database/pool.ts";
import { lockAdvisory } from "./database/queries/lock-advisory.ts";

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

export interface MigrateOptions {
  /** Told every few seconds while stored measurements are converted. */
  readonly onProgress?: (progress: ConversionProgress) => void;
  /** Asked between two steps, of a fraction of a second each; what is converted by then stays so. */
  readonly shouldStop?: () => boolean;
}

export interface ConversionProgress {
  readonly convertedSeries: number;
  readonly series: number;
  /** By this run, earlier ones left out. */
  readonly convertedSamples: number;
}

export class DatabaseNewerThanCode extends Error {
  override readonly name = "DatabaseNewerThanCode";
}

/** The time was up before all was converted: migrating again goes on there. */
export class ConversionUnfinished extends Error {
  override readonly name = "ConversionUnfinished";
}

/** Waits until the series that are stored as rows are converted: convert-storage.ts. */
const convertsFirst = "010-converted-storage.sql";
const progressEveryMs = 5_000;

/** The migrations of a directory, `001-….sql` first; throws where a number is missing or given twice. */
export async function readMigrations(directory: URL): Promise<readonly Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".sql")).sort();
  for (const [index, name] of names.entries()) {
    const expected = String(index + 1).padStart(3, "0");
    if (!name.startsWith(`${expected}-`)) {
      throw new Error(`migration ${expected} expected, found ${name}`);
    }
  }
  return Promise.all(
    names.map(async (name) => ({ name, sql: await readFile(new URL(name, directory), "utf8") })),
  );
}

/**
 * Applies what is missing and returns the names applied: all in one transaction, but for a conversion of
 * what is stored, which takes one for each series and goes on where an earlier one was stopped. Throws
 * `DatabaseNewerThanCode` where the database has a migration that this code does not know.
 */
export async function migrate(
  pool: Pool,
  migrations: readonly Migration[],
  options: MigrateOptions = {},
): Promise<readonly string[]> {
  const before = migrations.findIndex(({ name }) => name === convertsFirst);
  if (before === -1) return applyMissing(pool, migrations, migrations);
  const applied = await applyMissing(pool, migrations.slice(0, before), migrations);
  await convertStorage(pool, options);
  return [...applied, ...(await applyMissing(pool, migrations, migrations))];
}

async function applyMissing(
  pool: Pool,
  migrations: readonly Migration[],
  known: readonly Migration[],
): Promise<readonly string[]> {
  return inTransaction(pool, async (client) => {
    await lockAdvisory(client, "migration");
    await client.query(
      "create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())",
    );
    const { rows } = await client.query<{ name: string }>("select name from migrations");
    const applied = new Set(rows.map((row) => row.name));
    refuseUnknown(applied, known);
    const missing = migrations.filter((migration) => !applied.has(migration.name));
    for (const { name, sql } of missing) {
      await client.query(sql);
      await client.query("insert into migrations (name) values ($1)", [name]);
    }
    return missing.map((migration) => migration.name);
  });
}

async function convertStorage(
  pool: Pool,
  { onProgress, shouldStop = () => false }: MigrateOptions,
): Promise<void> {
  let toldMs = performance.now();
  let [lastSeriesId, convertedSamples] = [0, 0];
  for (;;) {
    const isStopping = shouldStop();
    const isTelling = isStopping || performance.now() - toldMs >= progressEveryMs;
    const step = await convertNext(pool, lastSeriesId, isTelling);
    if (step === undefined) return;
    lastSeriesId = step.lastSeriesId;
    convertedSamples += step.samples;
    if (step.progress === undefined) continue;
    const { converted, series } = step.progress;
    toldMs = performance.now();
    onProgress?.({ convertedSeries: converted, series, convertedSamples });
    if (isStopping) {
      throw new ConversionUnfinished(
        `${converted} of ${series} series are converted: migrate again to go on`,
      );
    }
  }
}

/** One step in a transaction of its own; undefined: nothing is left, or another one has finished meanwhile. */
const convertNext = (pool: Pool, afterSeriesId: number, isTelling: boolean) =>
  inTransaction(pool, async (client) => {
    await lockAdvisory(client, "migration");
    if (await isConverted(client)) return undefined;
    const step = await convertNextSeries(client, afterSeriesId);
    if (step === undefined) return undefined;
    return { ...step, progress: isTelling ? await selectProgress(client) : undefined };
  });

async function isConverted(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query("select from migrations where name = $1", [convertsFirst]);
  return rows.length > 0;
}

function refuseUnknown(applied: ReadonlySet<string>, migrations: readonly Migration[]): void {
  const known = new Set(migrations.map((migration) => migration.name));
  const unknown = [...applied].filter((name) => !known.has(name)).sort();
  if (unknown.length > 0) {
    throw new DatabaseNewerThanCode(
      `The database is newer than this code: it has ${unknown.join(", ")}. Run the newer code, or restore an older database.`,
    );
  }
}
