import { readFile, writeFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { DatabaseNewerThanCode, migrate, readMigrations } from "../../../lib/postgres/migrate.ts";
import { createDatabase, createMigratedDatabase } from "../../support/servers/database.ts";
import { describeSchema } from "../../support/servers/describe-schema.ts";
import { migrationsDirectory } from "../../support/servers/template-database.ts";

const dump = new URL("../../../lib/postgres/schema.sql", import.meta.url);

test("a second run applies nothing", async () => {
  await using database = await createDatabase();
  const migrations = await readMigrations(migrationsDirectory);
  expect(await migrate(database.pool, migrations)).toEqual(migrations.map(({ name }) => name));
  expect(await migrate(database.pool, migrations)).toEqual([]);
});

test("of several that start at once, one migrates and the others wait", async () => {
  await using database = await createDatabase();
  const migrations = await readMigrations(migrationsDirectory);
  const applied = await Promise.all([1, 2, 3, 4].map(() => migrate(database.pool, migrations)));
  expect(applied.flat().sort()).toEqual(migrations.map(({ name }) => name));
});

test("a database that is newer than the code is refused by name", async () => {
  await using database = await createMigratedDatabase();
  await database.pool.query("insert into migrations (name) values ('999-from-the-future.sql')");
  const migrated = migrate(database.pool, await readMigrations(migrationsDirectory));
  await expect(migrated).rejects.toThrow(DatabaseNewerThanCode);
  await expect(migrated).rejects.toThrow("999-from-the-future.sql");
});

test("a migration that fails leaves nothing behind", async () => {
  await using database = await createDatabase();
  const broken = { name: "001-broken.sql", sql: "create table half (); select 1 / 0" };
  await expect(migrate(database.pool, [broken])).rejects.toThrow("division by zero");
  const { rows } = await database.pool.query("select to_regclass('half') as half");
  expect(rows).toEqual([{ half: null }]);
});

test("schema.sql is what the migrations make (UPDATE_SCHEMA=1 writes it anew)", async () => {
  await using database = await createMigratedDatabase();
  const schema = await describeSchema(database.pool);
  if (process.env["UPDATE_SCHEMA"]) await writeFile(dump, schema);
  expect(schema).toBe(await readFile(dump, "utf8"));
});

test("the schema has hypertables where TimescaleDB is installed, and plain tables where it is not", async () => {
  await using database = await createMigratedDatabase();
  const { rows } = await database.pool.query(
    "select exists (select from pg_available_extensions where name = 'timescaledb') as available",
  );
  const hypertables = rows[0].available
    ? await database.pool.query(
        "select hypertable_name::text as name from timescaledb_information.hypertables order by 1",
      )
    : { rows: [] };
  const expected = rows[0].available ? ["hourly_costs", "measurements"] : [];
  expect(hypertables.rows.map(({ name }) => name)).toEqual(expected);
});
