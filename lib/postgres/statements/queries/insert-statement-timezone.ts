import type { Queryable } from "../../database/pool.ts";

const text = `
  insert into settings (key, value)
  values ('statement-timezone', to_jsonb($1::text))
  on conflict (key) do nothing`;

/** Keeps the time zone of the first statement that is closed: all others are cut by the same. */
export async function insertStatementTimezone(client: Queryable, timezone: string): Promise<void> {
  await client.query({ name: "insert-statement-timezone", text, values: [timezone] });
}
