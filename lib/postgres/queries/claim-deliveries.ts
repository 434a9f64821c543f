import type pg from "pg";
import type { NoticeRow } from "../notice-rows.ts";
import { noticeColumns } from "./notice-columns.ts";

export interface ClaimedRow extends NoticeRow {
  readonly tries: number;
}

const text = `
  with due as materialized (
    select notice_id
      from deliveries
     where channel = $1::text
       and state = 'due'
       and next_try_at <= timestamptz 'epoch' + $3::int8 * interval '1 millisecond'
     order by next_try_at
     limit $2::int4
       for update skip locked
  ), claimed as (
    update deliveries
       set next_try_at = timestamptz 'epoch' + $4::int8 * interval '1 millisecond',
           tries = tries + 1
      from due
     where deliveries.notice_id = due.notice_id
       and deliveries.channel = $1::text
    returning deliveries.notice_id, tries
  )
  select tries, ${noticeColumns}
    from claimed
    join notices using (notice_id)
    left join projects using (project_id)
   order by notices.notice_id`;

export interface Lease {
  readonly nowMs: number;
  readonly leaseUntilMs: number;
}

/**
 * Takes deliveries that are due, the longest first. Until the lease is over nobody else gets them;
 * afterwards they are due again, because whoever took them has died.
 */
export async function claimDeliveries(
  client: pg.ClientBase | pg.Pool,
  channel: string,
  countMax: number,
  { nowMs, leaseUntilMs }: Lease,
): Promise<readonly ClaimedRow[]> {
  const { rows } = await client.query<ClaimedRow>({
    name: "claim-deliveries",
    text,
    values: [channel, countMax, nowMs, leaseUntilMs],
  });
  return rows;
}
