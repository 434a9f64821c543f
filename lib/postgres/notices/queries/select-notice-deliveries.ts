import type { Queryable } from "../../database/pool.ts";

export interface NoticeDeliveryRow {
  /** null: the notice has no deliveries. */
  readonly channel: string | null;
  readonly state: string | null;
}

const text = `
  select channel, state
    from notices
    left join deliveries using (notice_id)
   where public_id = $1::uuid
   order by channel`;

/** The state of a notice at each channel; no row: there is no such notice. */
export async function selectNoticeDeliveries(
  client: Queryable,
  id: string,
): Promise<readonly NoticeDeliveryRow[]> {
  const { rows } = await client.query<NoticeDeliveryRow>({
    name: "select-notice-deliveries",
    text,
    values: [id],
  });
  return rows;
}
