import type pg from "pg";
import { timestamptzArray } from "../../database/queries/binary-array.ts";

export interface SiteColumns {
  readonly sites: readonly string[];
  /** Unix milliseconds. */
  readonly silentSinceMs: readonly (number | null)[];
  readonly reportsSinceMs: readonly (number | null)[];
}

const text = `
  with removed as (
    delete from sites where site <> all ($1::text[])
  )
  insert into sites (site, silent_since, reports_since)
  select site, silent_since, reports_since
    from unnest($1::text[], $2::timestamptz[], $3::timestamptz[])
           as new (site, silent_since, reports_since)
  on conflict (site) do update
     set silent_since = excluded.silent_since,
         reports_since = excluded.reports_since
   where (sites.silent_since, sites.reports_since)
         is distinct from (excluded.silent_since, excluded.reports_since)`;

/** Keeps these sites and forgets all others. */
export async function replaceSites(
  client: pg.ClientBase,
  { sites, silentSinceMs, reportsSinceMs }: SiteColumns,
): Promise<void> {
  await client.query({
    name: "replace-sites",
    text,
    values: [sites, timestamptzArray(silentSinceMs), timestamptzArray(reportsSinceMs)],
  });
}
