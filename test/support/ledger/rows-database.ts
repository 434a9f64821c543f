import type pg from "pg";
import { formatDecimal, VALUE_SCALE } from "../../../lib/billing/decimal.ts";
import { migrate, readMigrations } from "../../../lib/postgres/migrate.ts";
import { createDatabase, type TestDatabase } from "../servers/database.ts";
import { sequencesBehindRows } from "../servers/dump-database.ts";
import { migrationsDirectory } from "../servers/template-database.ts";
import { readStoredSamples } from "./stored-samples.ts";

/** Of the last migration that stored samples and hours as rows. */
const rowsMigrations = 8;

// Parents first. Columns that have changed since then are written as they were.
const tables: Readonly<Record<string, string>> = {
  projects: "select * from projects",
  rerates: "select * from rerates",
  series: "select * from series join series_heads using (series_id)",
  tariffs: "select * from tariffs",
  corrections: "select corrections.*, from_hour as hour from corrections",
  discards: "select * from discards",
  measurement_conflicts: "select * from measurement_conflicts",
  measurements_refused: "select * from measurements_refused",
  hourly_costs: "select * from hourly_costs",
};

/** A database as it was before there were segments, with all that `from` holds. */
export async function createRowsDatabase(from: pg.Pool): Promise<TestDatabase> {
  const database = await createDatabase();
  await migrate(
    database.pool,
    (await readMigrations(migrationsDirectory)).slice(0, rowsMigrations),
  );
  for (const [table, query] of Object.entries(tables)) {
    const { rows } = await from.query(
      `select coalesce(json_agg(stored), '[]')::text as stored from (${query}) as stored`,
    );
    await database.pool.query(
      `insert into ${table} overriding system value
       select * from json_populate_recordset(null::${table}, $1::json)`,
      [rows[0].stored],
    );
  }
  const { rows: projects } = await from.query("select project_name from projects");
  for (const { project_name: name } of projects) {
    for (const { seriesId, samples } of await readStoredSamples(from, name)) {
      await insertMeasurements(database.pool, seriesId, samples);
    }
  }
  await database.pool.query((await sequencesBehindRows(database.pool)).join("\n"));
  return database;
}

const insertMeasurements = (
  pool: pg.Pool,
  seriesId: number,
  samples: readonly { readonly timeMs: number; readonly value: bigint }[],
) =>
  pool.query(
    `insert into measurements (series_id, time, value)
     select $1, to_timestamp(time_ms / 1000.0), value
       from unnest($2::int8[], $3::numeric[]) as stored (time_ms, value)`,
    [
      seriesId,
      samples.map(({ timeMs }) => timeMs),
      samples.map(({ value }) => formatDecimal(value, VALUE_SCALE)),
    ],
  );

/**
 * A counter that grows by one with each of `count` samples, a second apart from a full hour on, with its
 * ledger: more in a day than one step of the conversion takes. Answers the id of the series.
 */
export async function insertLongSeries(
  pool: pg.Pool,
  projectName: string,
  { fromMs, count }: { readonly fromMs: number; readonly count: number },
): Promise<number> {
  const { rows } = await pool.query(
    `with project as (
       insert into projects (project_name, used_credits) values ($1, $3::numeric - 1) returning project_id
     )
     insert into series (project_id, metric, site, resource, first_time, last_time, last_value)
     select project_id, 'long_usage', '8676', '', to_timestamp($2::int8 / 1000),
            to_timestamp($2::int8 / 1000 + $3::int8 - 1), $3::numeric - 1
       from project
     returning series_id`,
    [projectName, fromMs, count],
  );
  const seriesId = rows[0].series_id;
  await pool.query(
    `insert into measurements (series_id, time, value)
     select $1, to_timestamp($2::int8 / 1000 + n), n
       from generate_series(0, $3::int8 - 1) as n`,
    [seriesId, fromMs, count],
  );
  await pool.query(
    `insert into hourly_costs (series_id, hour, usage, credits)
     select $1, to_timestamp($2::int8 / 1000 + 3600 * hour), used, used
       from generate_series(0, ($3::int8 - 2) / 3600) as hour
      cross join lateral (select least(3600, $3::int8 - 1 - 3600 * hour) as used) as amounts`,
    [seriesId, fromMs, count],
  );
  return seriesId;
}
