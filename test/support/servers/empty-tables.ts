import type pg from "pg";

/**
 * Deletes all rows of these tables and of those that refer to them. `truncate … cascade` means the same and
 * takes 20 ms for tables that hold next to nothing, because it makes new files for each; this takes 2.
 */
export async function emptyTables(pool: pg.Pool, ...tables: readonly string[]): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `with recursive emptied("table", depth) as (
       select name::regclass::oid, 0 from unnest($1::text[]) as given(name)
       union
       select conrelid, depth + 1
         from emptied join pg_constraint on confrelid = emptied."table" and contype = 'f'
     )
     select "table"::regclass::text as name from emptied group by "table" order by max(depth) desc`,
    [tables],
  );
  await pool.query(rows.map(({ name }) => `delete from ${name}`).join(";"));
}
