import type pg from "pg";

export interface SiteRow {
  readonly site: string;
  readonly silent_since_ms: number | null;
  readonly reports_since_ms: number | null;
}

const text = `
  select site,
         round(date_part('epoch', silent_since) * 1000) as silent_since_ms,
         round(date_part('epoch', reports_since) * 1000) as reports_since_ms
    from sites`;

/** The sites as the last watch left them. */
export async function selectSites(client: pg.ClientBase): Promise<readonly SiteRow[]> {
  const { rows } = await client.query<SiteRow>({ name: "select-sites", text });
  return rows;
}
