import type { Queryable } from "../../database/pool.ts";

const text = `
  update deliveries
     set state = 'due',
         tries = 0,
         next_try_at = now(),
         finished_at = null
    from notices
   where notices.notice_id = deliveries.notice_id
     and state = 'failed'
     and ($1::text is null or channel = $1::text)
     and ($2::uuid is null or public_id = $2::uuid)`;

/** Makes failed deliveries due again, with all their tries: of one channel, one notice, or (null) all. */
export async function updateDeliveriesDue(
  client: Queryable,
  channel: string | null,
  id: string | null,
): Promise<number> {
  const { rowCount } = await client.query({
    name: "update-deliveries-due",
    text,
    values: [channel, id],
  });
  return rowCount ?? 0;
}
