import type pg from "pg";

const text = `
  update deliveries
     set state = 'failed',
         last_error = $2::text,
         finished_at = $3::timestamptz
   where channel = $1::text
     and state = 'due'`;

/** Fails all deliveries that are due at a channel. */
export async function updateDeliveriesFailed(
  client: pg.ClientBase,
  channel: string,
  error: string,
  nowMs: number,
): Promise<void> {
  await client.query({
    name: "update-deliveries-failed",
    text,
    values: [channel, error, new Date(nowMs)],
  });
}
