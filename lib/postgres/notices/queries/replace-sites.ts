import type pg from "pg";

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
  select site,
         timestamptz 'epoch' + silent_ms * interval '1 millisecond',
         timestamptz 'epoch' + reports_ms * interval '1 millisecond'
    from unnest($1::text[], $2::int8[], $3::int8[]) as new (site, silent_ms, reports_ms)
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
    values: [sites, silentSinceMs, reportsSinceMs],
  });
}
