import type pg from "pg";

const text = `
  delete from channels
   where $1::text is null or channel = $1::text`;

/** Circuits are closed again, also those of receivers that were gone; null: of all channels. */
export async function deleteChannelState(
  client: pg.ClientBase | pg.Pool,
  channel: string | null,
): Promise<void> {
  await client.query({ name: "delete-channel-state", text, values: [channel] });
}
