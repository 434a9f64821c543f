import type { Queryable } from "../../database/pool.ts";

export interface ChannelRow {
  readonly channel: string;
  readonly failures: number;
  readonly open_until_ms: number | null;
  readonly is_disabled: boolean;
}

const text = `
  select channel, failures,
         round(date_part('epoch', open_until) * 1000) as open_until_ms,
         disabled_at is not null as is_disabled
    from channels
   where channel = any ($1::text[])`;

/** The state of those channels that have one: no circuit has changed at the others. */
export async function selectChannels(
  client: Queryable,
  channels: readonly string[],
): Promise<readonly ChannelRow[]> {
  const { rows } = await client.query<ChannelRow>({
    name: "select-channels",
    text,
    values: [channels],
  });
  return rows;
}
