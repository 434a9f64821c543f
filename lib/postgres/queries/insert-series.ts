import type pg from "pg";
import type { SeriesKey } from "../../billing/measurement.ts";
import { toColumns } from "./series-columns.ts";

const text = `
  insert into series (project_id, metric, site, resource)
  select project_id, metric, site, resource
    from unnest($1::text[], $2::text[], $3::text[], $4::text[])
           as new (project_name, metric, site, resource)
    join projects using (project_name)
   order by project_name collate "C", metric collate "C", site collate "C", resource collate "C"
  on conflict (project_id, metric, site, resource) do nothing`;

/** Sorted, for the same reason as the projects. */
export async function insertSeries(
  client: pg.ClientBase,
  keys: readonly SeriesKey[],
): Promise<void> {
  await client.query({ name: "insert-series", text, values: toColumns(keys) });
}
