import type pg from "pg";
import type { Migration } from "../../../lib/postgres/migrate.ts";

// Parents first.
const tables = [
  "migrations",
  "settings",
  "projects",
  "rerates",
  "series",
  "series_heads",
  "segments",
  "daily_costs",
  "tariffs",
  "corrections",
  "discards",
  "measurement_conflicts",
  "measurements_refused",
  "samples_dropped",
  "adjustments",
  "grants",
  "idempotency_keys",
  "verifications",
  "sites",
  "silent_series",
  "series_acknowledged",
  "limit_thresholds",
  "channels",
  "notices",
  "deliveries",
];

/** The database as SQL that makes it again: the migrations as they are today, and every row. */
export async function dumpDatabase(
  pool: pg.Pool,
  migrations: readonly Migration[],
): Promise<string> {
  const parts = [
    ...migrations.map(({ name, sql }) => `-- ${name}\n${sql}`),
    "create table migrations (name text primary key, applied_at timestamptz not null default now());",
  ];
  for (const table of tables) {
    const { rows } = await pool.query<{ row: string }>(
      `select row_to_json(${table})::text as row from ${table} order by 1`,
    );
    if (rows.length === 0) continue;
    const list = rows.map(({ row }) => row).join(",\n");
    parts.push(
      `insert into ${table} overriding system value select * from json_populate_recordset(null::${table}, $rows$[\n${list}\n]$rows$);`,
    );
  }
  return `${[...parts, ...(await sequencesBehindRows(pool))].join("\n\n")}\n`;
}

/** Statements after which identities go on behind the rows that were inserted with theirs. */
export async function sequencesBehindRows(pool: pg.Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ statement: string }>(`
    select format('select setval(pg_get_serial_sequence(%L, %L), greatest(1, (select max(%I) from %I)));',
                  c.relname, a.attname, a.attname, c.relname) as statement
      from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attidentity <> ''
     order by 1`);
  return rows.map(({ statement }) => statement);
}
