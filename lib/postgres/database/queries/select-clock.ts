import { onlyRow } from "../only-row.ts";
import type { Queryable } from "../pool.ts";

const text = "select ceil(extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms";

/** The database's time, Unix ms. Tariffs begin by it, so it alone knows which of them are in force. */
export async function selectClock(client: Queryable): Promise<number> {
  const { rows } = await client.query<{ now_ms: number }>({ name: "select-clock", text });
  return onlyRow(rows).now_ms;
}
