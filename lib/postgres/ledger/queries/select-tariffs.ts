import type { DecimalText } from "../../../billing/decimal.ts";
import type { Queryable } from "../../database/pool.ts";

export interface TariffRow {
  readonly metric: string;
  readonly kind: string;
  readonly unit: string;
  readonly dip_window_ms: string | null;
  readonly max_gap_ms: string;
  /** null: nothing is held. */
  readonly max_rate: DecimalText | null;
  readonly credits: DecimalText;
  /** null: always. */
  readonly valid_from_ms: number | null;
  readonly rerate_id: number | null;
  readonly actor: string;
}

const text = `
  select metric, kind, unit, dip_window_ms, max_gap_ms, max_rate, credits,
         case when isfinite(valid_from) then round(date_part('epoch', valid_from) * 1000) end as valid_from_ms,
         rerate_id, actor
    from tariffs
   order by tariff_id`;

/** All of them, in the order in which they were recorded. */
export async function selectTariffs(client: Queryable): Promise<readonly TariffRow[]> {
  const { rows } = await client.query<TariffRow>({ name: "select-tariffs", text });
  return rows;
}
