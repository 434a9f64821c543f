import type pg from "pg";

export interface TariffRow {
  readonly metric: string;
  readonly kind: string;
  readonly unit: string;
  readonly dip_window_ms: string | null;
  readonly max_gap_ms: string;
  readonly credits: string;
  /** null: always. */
  readonly valid_from_ms: number | null;
}

const text = `
  select distinct on (metric, valid_from)
         metric, kind, unit, dip_window_ms, max_gap_ms, credits,
         case when isfinite(valid_from) then (extract(epoch from valid_from) * 1000)::float8 end as valid_from_ms
    from tariffs
   order by metric, valid_from, tariff_id desc`;

/** What counts of all tariffs, ascending by metric and start. */
export async function selectTariffs(client: pg.ClientBase): Promise<readonly TariffRow[]> {
  const { rows } = await client.query<TariffRow>({ name: "select-tariffs", text });
  return rows;
}
