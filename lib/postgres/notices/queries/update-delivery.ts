import type { Queryable } from "../../database/pool.ts";

export interface DeliveryTry {
  readonly noticeId: string;
  readonly channel: string;
  /** The number of this attempt, counting from 1. */
  readonly tries: number;
}

export interface DeliveryState {
  readonly state: "due" | "delivered" | "failed";
  /** null: it is not tried again. */
  readonly nextTryMs: number | null;
  readonly error: string | null;
}

const text = `
  update deliveries
     set state = $3::text,
         next_try_at = coalesce($4::timestamptz, next_try_at),
         last_error = $5::text,
         finished_at = case when $3::text <> 'due' then $6::timestamptz end
   where notice_id = $1::int8
     and channel = $2::text
     and ($3::text = 'delivered' or (state = 'due' and tries = $7::int4))`;

/**
 * Records the outcome of a try. A delivery counts always. A failure does not where the lease was over
 * and another run has claimed the delivery, or where the channel was disabled.
 */
export async function updateDelivery(
  client: Queryable,
  { noticeId, channel, tries }: DeliveryTry,
  { state, nextTryMs, error }: DeliveryState,
  nowMs: number,
): Promise<void> {
  await client.query({
    name: "update-delivery",
    text,
    values: [
      noticeId,
      channel,
      state,
      nextTryMs === null ? null : new Date(nextTryMs),
      error,
      new Date(nowMs),
      tries,
    ],
  });
}
