import type pg from "pg";

const text = `
  insert into deliveries (notice_id, channel, next_try_at)
  select notice_id, channel, timestamptz 'epoch' + $3::int8 * interval '1 millisecond'
    from unnest($1::int8[], $2::text[]) as new (notice_id, channel)`;

/** Due at once. */
export async function insertDeliveries(
  client: pg.ClientBase,
  noticeIds: readonly string[],
  channels: readonly string[],
  nowMs: number,
): Promise<void> {
  await client.query({ name: "insert-deliveries", text, values: [noticeIds, channels, nowMs] });
}
