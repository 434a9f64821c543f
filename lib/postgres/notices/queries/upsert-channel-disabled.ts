import type pg from "pg";

const text = `
  insert into channels (channel, disabled_at, disabled_reason)
  values ($1::text, $3::timestamptz, $2::text)
  on conflict (channel) do update
     set disabled_at = coalesce(channels.disabled_at, excluded.disabled_at),
         disabled_reason = excluded.disabled_reason`;

/** Disables the channel; one that is disabled already keeps the time at which that happened. */
export async function upsertChannelDisabled(
  client: pg.ClientBase,
  channel: string,
  reason: string,
  nowMs: number,
): Promise<void> {
  await client.query({
    name: "upsert-channel-disabled",
    text,
    values: [channel, reason, new Date(nowMs)],
  });
}
