import type pg from "pg";

export interface DeliveryState {
  readonly state: "due" | "delivered" | "failed";
  /** null: never again. */
  readonly nextTryMs: number | null;
  readonly error: string | null;
}

const text = `
  update deliveries
     set state = $3::text,
         next_try_at = coalesce(timestamptz 'epoch' + $4::int8 * interval '1 millisecond', next_try_at),
         last_error = $5::text,
         finished_at = case when $3::text <> 'due' then timestamptz 'epoch' + $6::int8 * interval '1 millisecond' end
   where notice_id = $1::int8
     and channel = $2::text`;

export async function updateDelivery(
  client: pg.ClientBase | pg.Pool,
  noticeId: string,
  channel: string,
  { state, nextTryMs, error }: DeliveryState,
  nowMs: number,
): Promise<void> {
  await client.query({
    name: "update-delivery",
    text,
    values: [noticeId, channel, state, nextTryMs, error, nowMs],
  });
}
