import type { Queryable } from "../pool.ts";

const text = `
  insert into settings (key, value)
  values ($1::text, $2::jsonb)
  on conflict (key) do update
     set value = excluded.value,
         recorded_at = excluded.recorded_at`;

/** Keeps the value (JSON) under the key. */
export async function upsertSetting(client: Queryable, key: string, value: string): Promise<void> {
  await client.query({ name: "upsert-setting", text, values: [key, value] });
}
