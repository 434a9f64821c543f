import type pg from "pg";
import type { HoldDecision } from "../../../billing/tariff.ts";
import { boolArray, timestamptzArray } from "../../database/queries/binary-array.ts";

const text = `
  insert into hold_decisions (series_id, from_time, until_time, decision, actor, reason)
  select $1::int4, from_time, until_time, case when is_accepted then 'accepted' else 'rejected' end,
         $5::text, $6::text
    from unnest($2::timestamptz[], $3::timestamptz[], $4::bool[]) as new (from_time, until_time, is_accepted)`;

export async function insertHoldDecisions(
  client: pg.ClientBase,
  seriesId: number,
  decisions: readonly HoldDecision[],
  { actor, reason }: { readonly actor: string; readonly reason: string },
): Promise<void> {
  await client.query({
    name: "insert-hold-decisions",
    text,
    values: [
      seriesId,
      timestamptzArray(decisions.map(({ fromMs }) => fromMs)),
      timestamptzArray(decisions.map(({ untilMs }) => untilMs)),
      boolArray(decisions.map(({ isAccepted }) => isAccepted)),
      actor,
      reason,
    ],
  });
}
