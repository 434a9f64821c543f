import type pg from "pg";
import { int4Array } from "../../database/queries/binary-array.ts";

export interface RulingRow {
  readonly series_id: number;
  readonly ruling: "discarded" | "accepted" | "rejected";
  readonly from_ms: number;
  readonly until_ms: number;
}

const text = `
  select series_id, ruling,
         round(date_part('epoch', from_time) * 1000) as from_ms,
         round(date_part('epoch', until_time) * 1000) as until_ms
    from (
           select series_id, 'discarded' as ruling, from_time, until_time, discard_id as place
             from discards
            where exists (select from discards)
              and series_id = any($1::int4[])
           union all
           select series_id, decision, from_time, until_time, decision_id
             from hold_decisions
            where exists (select from hold_decisions)
              and series_id = any($1::int4[])
         ) as rulings
   order by place`;

/**
 * What operators ruled on stretches of these series: what was discarded, and what was decided on held
 * increases, each in the order in which it was. In one statement, because every slice asks and hardly any
 * series has one; where there is none at all, the index is not even looked at.
 */
export async function selectRulings(
  client: pg.ClientBase,
  seriesIds: readonly number[],
): Promise<readonly RulingRow[]> {
  const { rows } = await client.query<RulingRow>({
    name: "select-rulings",
    text,
    values: [int4Array(seriesIds)],
  });
  return rows;
}
