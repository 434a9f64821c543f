import type { RecipientOutcomes } from "../../../usecases/notices/notice.ts";
import type { Queryable } from "../../database/pool.ts";

const text = `
  update deliveries
     set recipients = recipients || $3::jsonb
   where notice_id = $1::int8
     and channel = $2::text`;

/** Adds recipients that are not to be sent the notice again, also where another run has claimed it since. */
export async function updateDeliveryRecipients(
  client: Queryable,
  noticeId: string,
  channel: string,
  recipients: RecipientOutcomes,
): Promise<void> {
  await client.query({
    name: "update-delivery-recipients",
    text,
    values: [noticeId, channel, JSON.stringify(Object.fromEntries(recipients))],
  });
}
