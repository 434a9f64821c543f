import type { Queryable } from "../../database/pool.ts";

export interface FailedDeliveryRow {
  readonly id: string;
  readonly channel: string;
  readonly type: string;
  readonly project_name: string | null;
  readonly tries: number;
  readonly failed_at: Date;
  readonly last_error: string | null;
}

const text = `
  select public_id as id, channel, type, project_name, tries, finished_at as failed_at, last_error
    from deliveries
    join notices using (notice_id)
    left join projects using (project_id)
   where state = 'failed'
   order by finished_at desc, notice_id desc
   limit $1::int4`;

/** The deliveries that have failed, the latest first. */
export async function selectFailedDeliveries(
  client: Queryable,
  countMax: number,
): Promise<readonly FailedDeliveryRow[]> {
  const { rows } = await client.query<FailedDeliveryRow>({
    name: "select-failed-deliveries",
    text,
    values: [countMax],
  });
  return rows;
}
