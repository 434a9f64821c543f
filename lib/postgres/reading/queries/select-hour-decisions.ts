import type { Queryable } from "../../database/pool.ts";
import { epochMs } from "../../database/queries/epoch-ms.ts";

/** Times in Unix milliseconds. */
export interface HourDecisionRow {
  readonly series_id: number;
  readonly decision: "discarded" | "accepted" | "rejected";
  readonly from_ms: number;
  readonly until_ms: number;
  readonly at_ms: number;
  readonly actor: string;
  readonly reason: string;
}

const text = `
  select series_id, decision, actor, reason, ${epochMs("recorded_at")} as at_ms,
         ${epochMs("from_time")} as from_ms, ${epochMs("until_time")} as until_ms
    from (
           select series_id, 'discarded' as decision, from_time, until_time, actor, reason, recorded_at
             from discards
            where series_id = any ($1::int4[])
           union all
           select series_id, decision, from_time, until_time, actor, reason, recorded_at
             from hold_decisions
            where series_id = any ($1::int4[])
         ) as decisions
   where from_time < $2::timestamptz + interval '1 hour'
     and until_time >= $2::timestamptz
   order by recorded_at desc, from_time desc
   limit $3::int4`;

/** What operators decided on measurements of an hour, and on increases that touch it, the latest first. */
export async function selectHourDecisions(
  client: Queryable,
  seriesIds: readonly number[],
  hourMs: number,
  limit: number,
): Promise<readonly HourDecisionRow[]> {
  const { rows } = await client.query<HourDecisionRow>({
    name: "select-hour-decisions",
    text,
    values: [seriesIds, new Date(hourMs), limit],
  });
  return rows;
}
