import { readdir, readFile } from "node:fs/promises";
import { inTransaction } from "./database/in-transaction.ts";
import type { Pool } from "./database/pool.ts";
import { lockAdvisory } from "./database/queries/lock-advisory.ts";

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

export class DatabaseNewerThanCode extends Error {
  override readonly name = "DatabaseNewerThanCode";
}

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
 * Applies what is missing, all in one transaction, and returns the names applied. Throws
 * `DatabaseNewerThanCode` where the database has a migration that this code does not know.
 */
export async function migrate(
  pool: Pool,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  return inTransaction(pool, async (client) => {
    await lockAdvisory(client, "migration");
    await client.query(
      "create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())",
    );
    const { rows } = await client.query<{ name: string }>("select name from migrations");
    const applied = new Set(rows.map((row) => row.name));
    refuseUnknown(applied, migrations);
    const missing = migrations.filter((migration) => !applied.has(migration.name));
    for (const { name, sql } of missing) {
      await client.query(sql);
      await client.query("insert into migrations (name) values ($1)", [name]);
    }
    return missing.map((migration) => migration.name);
  });
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
