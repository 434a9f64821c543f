import type { DecimalText } from "../../../billing/decimal.ts";
import type { Queryable } from "../../database/pool.ts";
import { epochMs } from "../../database/queries/epoch-ms.ts";

export interface HourAdjustmentRow {
  /** Unix milliseconds. */
  readonly at_ms: number;
  readonly credits: DecimalText;
  readonly reason: string;
  readonly actor: string;
}

const text = `
  select ${epochMs("at")} as at_ms, credits, reason, actor
    from projects
    join adjustments using (project_id)
   where project_name = $1::text
     and at >= $2::timestamptz
     and at < $2::timestamptz + interval '1 hour'
   order by at, adjustment_id`;

/** What was booked by hand in an hour. */
export async function selectHourAdjustments(
  client: Queryable,
  projectName: string,
  hourMs: number,
): Promise<readonly HourAdjustmentRow[]> {
  const { rows } = await client.query<HourAdjustmentRow>({
    name: "select-hour-adjustments",
    text,
    values: [projectName, new Date(hourMs)],
  });
  return rows;
}
