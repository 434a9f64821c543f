import type pg from "pg";
import type { SeriesKey } from "../../../billing/measurement.ts";
import { toColumns } from "./series-columns.ts";

const text = `
  with new_series as (
    insert into series (project_id, metric, site, resource, rerate_ids)
    select project_id, metric, site, resource,
           array(
             select rerate_id
               from rerates
              where (rerates.project_name is null or rerates.project_name = new.project_name)
                and (rerates.site is null or rerates.site = new.site)
              order by rerate_id
           )
      from unnest($1::text[], $2::text[], $3::text[], $4::text[])
             as new (project_name, metric, site, resource)
      join projects using (project_name)
     order by project_name collate "C", metric collate "C", site collate "C", resource collate "C"
    on conflict (project_id, metric, site, resource) do nothing
    returning series_id
  )
  insert into series_heads (series_id)
  select series_id from new_series`;

/**
 * Series with empty heads; sorted, for the same reason as the projects. A new series has an empty ledger,
 * which contains every re-rating that is about it, so none has to come back to it.
 */
export async function insertSeries(
  client: pg.ClientBase,
  keys: readonly SeriesKey[],
): Promise<void> {
  await client.query({ name: "insert-series", text, values: toColumns(keys) });
}
