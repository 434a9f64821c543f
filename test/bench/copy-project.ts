import type pg from "pg";

export interface Copies {
  /** The project that was billed, and whose bytes the others get. */
  readonly name: string;
  /** How many projects there are afterwards. */
  readonly projects: number;
  /** The name of the n-th of them; 0 is the one that was billed. */
  readonly nameOf: (project: number) => string;
}

/**
 * Stores more projects, each with all that the biller has written of one: what it packs of the same
 * samples is the same for every series, so SQL can copy it, and hundreds of millions of samples take
 * minutes. The pool has one connection.
 */
export async function copyProject(pool: pg.Pool, copies: Copies): Promise<void> {
  await copyNames(pool, copies);
  await copyRows(pool, "series_heads");
  // A statement for each time, so that the rows lie as they would have come: time by time.
  await copyByTime(pool, "segments", "from_time");
  await copyByTime(pool, "daily_costs", "day");
  await pool.query("drop table copies");
  // Once for all tables, as the server's own maintenance would have done by now.
  await pool.query("vacuum analyze");
}

async function copyNames(pool: pg.Pool, { name, projects, nameOf }: Copies): Promise<void> {
  const names = Array.from({ length: projects - 1 }, (_, index) => nameOf(index + 1));
  await pool.query(
    `insert into projects (project_name, granted_credits, used_credits)
     select name, granted_credits, used_credits
       from projects cross join unnest($2::text[]) as name
      where project_name = $1`,
    [name, names],
  );
  const columns = await columnsBut(pool, "series", ["series_id", "project_id"]);
  await pool.query(
    `insert into series (project_id, ${columns})
     select copy.project_id, ${columns}
       from projects as copy
      cross join (select series.* from series join projects using (project_id)
                   where project_name = $1) as series
      where copy.project_name = any ($2)
      order by copy.project_id, series.series_id`,
    [name, names],
  );
  await pool.query("create temporary table copies (series_id int, copy_id int)");
  await pool.query(
    `insert into copies
     select series.series_id, copy.series_id
       from series
       join projects using (project_id)
       join series as copy using (metric, site, resource)
      where project_name = $1
        and copy.project_id <> series.project_id
      order by copy.series_id`,
    [name],
  );
}

async function copyByTime(pool: pg.Pool, table: string, timeColumn: string): Promise<void> {
  const { rows } = await pool.query<{ time: string }>(
    `select distinct ${timeColumn}::text as time
       from ${table} where series_id in (select series_id from copies) order by time`,
  );
  for (const { time } of rows) await copyRows(pool, table, `${timeColumn} = '${time}'`);
}

async function copyRows(pool: pg.Pool, table: string, condition = "true"): Promise<void> {
  const columns = await columnsBut(pool, table, ["series_id"]);
  await pool.query(
    `insert into ${table} (series_id, ${columns})
     select copy_id, ${columns} from copies join ${table} using (series_id)
      where ${condition}
      order by copy_id`,
  );
}

async function columnsBut(pool: pg.Pool, table: string, left: readonly string[]): Promise<string> {
  const { rows } = await pool.query<{ columns: string }>(
    `select string_agg(quote_ident(attname), ', ' order by attnum) as columns
       from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped and attname <> all ($2)`,
    [table, left],
  );
  return rows[0]?.columns ?? "";
}
