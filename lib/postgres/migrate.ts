import { readdir, readFile } from "node:fs/promises";
import type pg from "pg";
import { convertNext } from "./conversion/convert-storage.ts";
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
  /** The UTC day that is being converted, and the last of all. */
  readonly day: string;
  readonly lastDay: string;
  /** Samples converted by this run, earlier ones left out. */
  readonly samples: number;
}

export class DatabaseNewerThanCode extends Error {
  override readonly name = "DatabaseNewerThanCode";
}

/** The time was up before all was converted: migrating again goes on there. */
export class ConversionUnfinished extends Error {
  override readonly name = "ConversionUnfinished";
}

/** Waits until what is stored as rows is converted: convert-storage.ts. */
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
 * what is stored, which takes one for each step and goes on where an earlier one was stopped. Throws
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
  let samples = 0;
  for (;;) {
    const isStopping = shouldStop();
    const step = await convertStep(pool);
    if (step === undefined) return;
    samples += step.samples;
    if (!isStopping && performance.now() - toldMs < progressEveryMs) continue;
    toldMs = performance.now();
    const [day, lastDay] = [toDay(step.dayMs), toDay(step.lastDayMs)];
    onProgress?.({ day, lastDay, samples });
    if (isStopping) {
      throw new ConversionUnfinished(
        `what is stored is converted up to ${day}, of ${lastDay}: migrate again to go on`,
      );
    }
  }
}

const toDay = (dayMs: number) => new Date(dayMs).toISOString().slice(0, 10);

/** One step in a transaction of its own; undefined: nothing is left, or another one has finished meanwhile. */
const convertStep = (pool: Pool) =>
  inTransaction(pool, async (client) => {
    await lockAdvisory(client, "migration");
    return (await isConverted(client)) ? undefined : convertNext(client);
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
