import type pg from "pg";

const text = `
  update notices
     set dispatched_at = $2::timestamptz
   where notice_id = any ($1::int8[])`;

/** These notices have their deliveries. */
export async function updateDispatched(
  client: pg.ClientBase,
  noticeIds: readonly string[],
  nowMs: number,
): Promise<void> {
  await client.query({ name: "update-dispatched", text, values: [noticeIds, new Date(nowMs)] });
}
