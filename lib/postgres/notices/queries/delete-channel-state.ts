import type { Queryable } from "../../database/pool.ts";

const text = `
  delete from channels
   where ($1::text is null or channel = $1::text)
     and ($2::uuid is null or channel in (
           select deliveries.channel
             from deliveries
             join notices using (notice_id)
            where public_id = $2::uuid
              and state = 'failed'))`;

/**
 * Closes the circuit of a channel or (null) of all, also where the receiver was gone. With a notice's
 * id: of those channels only at which that notice has failed.
 */
export async function deleteChannelState(
  client: Queryable,
  channel: string | null,
  id: string | null,
): Promise<void> {
  await client.query({ name: "delete-channel-state", text, values: [channel, id] });
}
