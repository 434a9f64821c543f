import type { Queryable } from "../../database/pool.ts";

const text = `
  insert into channels (channel, failures, open_until)
  values ($1::text, $2::int4, $3::timestamptz)
  on conflict (channel) do update
     set failures = excluded.failures,
         open_until = excluded.open_until`;

/** Keeps a channel's circuit. */
export async function upsertChannel(
  client: Queryable,
  channel: string,
  failures: number,
  openUntilMs: number | null,
): Promise<void> {
  await client.query({
    name: "upsert-channel",
    text,
    values: [channel, failures, openUntilMs === null ? null : new Date(openUntilMs)],
  });
}
