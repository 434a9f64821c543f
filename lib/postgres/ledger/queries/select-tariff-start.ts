import type pg from "pg";
import { onlyRow } from "../../database/only-row.ts";

const text = `
  select greatest(
           ceil(extract(epoch from clock_timestamp()) * 1000),
           (select round(date_part('epoch', max(last_time)) * 1000) + 1
              from series
              join series_heads using (series_id)
             where metric = $1::text)
         )::float8 as start_ms`;

/**
 * The first instant, Unix ms, at which a new tariff can begin: now, or after the last measurement that
 * was billed by the tariffs of today, where an exporter's clock runs ahead.
 */
export async function selectTariffStart(client: pg.ClientBase, metric: string): Promise<number> {
  const { rows } = await client.query<{ start_ms: number }>({
    name: "select-tariff-start",
    text,
    values: [metric],
  });
  return onlyRow(rows).start_ms;
}
