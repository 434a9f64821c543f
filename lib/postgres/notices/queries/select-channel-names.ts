import type { Queryable } from "../../database/pool.ts";

const text = `
  select channel from deliveries
   union
  select channel from channels
   order by channel`;

/** Every channel that has ever had something to deliver. */
export async function selectChannelNames(client: Queryable): Promise<readonly string[]> {
  const { rows } = await client.query<{ channel: string }>({ name: "select-channel-names", text });
  return rows.map(({ channel }) => channel);
}
