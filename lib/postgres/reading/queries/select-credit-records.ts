import type { DecimalText } from "../../../billing/decimal.ts";
import type { Queryable } from "../../database/pool.ts";
import { epochMs } from "../../database/queries/epoch-ms.ts";

export interface CreditRecordRow {
  readonly kind: "grant" | "adjustment" | "correction";
  readonly at_ms: number;
  /** Of a correction what its hours cost before; else null. */
  readonly before: DecimalText | null;
  readonly after: DecimalText;
  readonly reason: string;
  readonly actor: string;
  /** The hours that were corrected, both inclusive, Unix milliseconds; else null. */
  readonly from_ms: number | null;
  readonly until_ms: number | null;
}

const text = `
  select kind, ${epochMs("at")} as at_ms, before, after, reason, actor,
         ${epochMs("from_hour")} as from_ms, ${epochMs("until_hour")} as until_ms
    from (
           select 'grant' as kind, at, null::numeric as before, granted_credits as after, reason, actor,
                  null::timestamptz as from_hour, null::timestamptz as until_hour
             from grants
            where project_id = $1::int4
           union all
           select 'adjustment', at, null, credits, reason, actor, null, null
             from adjustments
            where project_id = $1::int4
           union all
           select 'correction', corrections.recorded_at, credits_before, credits_after, coalesce(note, reason),
                  actor, from_hour, until_hour
             from corrections
             join series using (series_id)
            where project_id = $1::int4 and credits_before <> credits_after
         ) as records
   order by at desc
   limit $2::int4`;

/** What changed a project's balance or grant by other means than measuring, the newest first. */
export async function selectCreditRecords(
  client: Queryable,
  projectId: number,
  limit: number,
): Promise<readonly CreditRecordRow[]> {
  const { rows } = await client.query<CreditRecordRow>({
    name: "select-credit-records",
    text,
    values: [projectId, limit],
  });
  return rows;
}
