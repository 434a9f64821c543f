import type { Queryable } from "../../database/pool.ts";

export interface ChannelBacklogRow {
  readonly channel: string;
  readonly due_count: number;
  /** Nothing is sent before; null: at any time. */
  readonly open_until: Date | null;
  /** Since when the receiver is gone for good; null: it is not. */
  readonly disabled_at: Date | null;
  readonly disabled_reason: string | null;
}

const text = `
  with due as (
    select channel, count(*)::int4 as due_count
      from deliveries
     where state = 'due'
     group by channel
  )
  select channel, coalesce(due_count, 0) as due_count,
         case when open_until > now() then open_until end as open_until,
         disabled_at, disabled_reason
    from due
    full join channels using (channel)
   where due_count > 0
      or open_until > now()
      or disabled_at is not null
   order by channel`;

/** Channels with due deliveries, or to which nothing is sent now; also one that is configured no more. */
export async function selectChannelBacklogs(
  client: Queryable,
): Promise<readonly ChannelBacklogRow[]> {
  const { rows } = await client.query<ChannelBacklogRow>({ name: "select-channel-backlogs", text });
  return rows;
}
