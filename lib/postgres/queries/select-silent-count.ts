import type pg from "pg";
import type { SeriesScope } from "../../usecases/scope.ts";

const text = `
  select count(*)::int4 as silent
    from series
    join projects using (project_id)
   where ($1::text is null or project_name = $1::text)
     and ($2::text is null or site = $2::text)
     and ($3::text is null or metric = $3::text)
     and ($4::text is null or resource = $4::text)
     and last_time < timestamptz 'epoch' + $5::int8 * interval '1 millisecond'`;

/** How many series of the scope have no measurement since then, acknowledged or not. */
export async function selectSilentCount(
  client: pg.ClientBase | pg.Pool,
  { projectName, site, metric, resource }: SeriesScope,
  sinceMs: number,
): Promise<number> {
  const { rows } = await client.query<{ silent: number }>({
    name: "select-silent-count",
    text,
    values: [projectName, site, metric, resource, sinceMs],
  });
  return rows[0]?.silent ?? 0;
}
