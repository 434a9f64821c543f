import type pg from "pg";

export interface SiteActivityRow {
  readonly site: string;
  /** null: of all its series it is later than asked for. */
  readonly last_ms: number | null;
  readonly series_count: number;
}

const text = `
  select site,
         round(date_part('epoch', max(series_heads.last_time)
           filter (where series_heads.last_time <= $1::timestamptz)) * 1000) as last_ms,
         count(*)::int4 as series_count
    from series
    join series_heads using (series_id)
    left join series_acknowledged using (series_id)
   where series_acknowledged.series_id is null
     and series_heads.last_time is not null
   group by site
   order by site`;

/**
 * The latest measurement, up to an instant, and the number of series of each site, without acknowledged
 * series.
 */
export async function selectSiteActivity(
  client: pg.ClientBase,
  untilMs: number,
): Promise<readonly SiteActivityRow[]> {
  const { rows } = await client.query<SiteActivityRow>({
    name: "select-site-activity",
    text,
    values: [new Date(untilMs)],
  });
  return rows;
}
