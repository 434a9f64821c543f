import type { Queryable } from "../../database/pool.ts";

const text = `
  with ended as materialized (
    select notice_id
      from notices
     where occurred_at < $1::timestamptz
       and dispatched_at is not null
       and (rearmed_at is not null or project_id is null)
       and not exists (
             select from deliveries
              where deliveries.notice_id = notices.notice_id
                and (state <> 'delivered'
                     or finished_at >= $1::timestamptz)
           )
     order by occurred_at
     limit $2::int4
       for update skip locked
  ), delivered as (
    delete from deliveries
     using ended
     where deliveries.notice_id = ended.notice_id
  )
  delete from notices
   using ended
   where notices.notice_id = ended.notice_id`;

/**
 * Deletes at most so many notices from before an instant, with their deliveries: those that were
 * delivered before it at every channel, and are armed again or for operators, whose sites and series
 * keep their state in tables of their own.
 */
export async function deleteNoticesBefore(
  client: Queryable,
  beforeMs: number,
  limit: number,
): Promise<number> {
  const { rowCount } = await client.query({
    name: "delete-notices-before",
    text,
    values: [new Date(beforeMs), limit],
  });
  return rowCount ?? 0;
}
