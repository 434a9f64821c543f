import type pg from "pg";
import { int4Array } from "../../database/queries/binary-array.ts";

export interface HoldDecisionRow {
  readonly series_id: number;
  readonly from_ms: number;
  readonly until_ms: number;
  readonly is_accepted: boolean;
}

const text = `
  select series_id,
         round(date_part('epoch', from_time) * 1000) as from_ms,
         round(date_part('epoch', until_time) * 1000) as until_ms,
         decision = 'accepted' as is_accepted
    from hold_decisions
   where series_id = any($1::int4[])
   order by decision_id`;

/** What was decided on held increases of these series, in the order of the decisions. */
export async function selectHoldDecisions(
  client: pg.ClientBase,
  seriesIds: readonly number[],
): Promise<readonly HoldDecisionRow[]> {
  const { rows } = await client.query<HoldDecisionRow>({
    name: "select-hold-decisions",
    text,
    values: [int4Array(seriesIds)],
  });
  return rows;
}
