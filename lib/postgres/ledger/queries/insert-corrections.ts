import type pg from "pg";
import { CREDITS_SCALE, VALUE_SCALE } from "../../../billing/decimal.ts";
import { int4Array, numericArray, timestamptzArray } from "../../database/queries/binary-array.ts";

/** Neighbouring hours of one UTC day whose amounts are about to change. */
export interface CorrectedStretch {
  readonly seriesId: number;
  /** The beginnings of its first and its last hour, Unix milliseconds. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** By how much, in sum; at VALUE_SCALE and CREDITS_SCALE. */
  readonly usage: bigint;
  readonly credits: bigint;
}

const text = `
  insert into corrections (series_id, from_hour, until_hour,
                           usage_before, usage_after, credits_before, credits_after, reason, actor, note)
  select series_id, from_hour, until_hour,
         stored.usage, stored.usage + change_usage, stored.credits, stored.credits + change_credits,
         $6::text, $7::text, $8::text
    from unnest($1::int4[], $2::timestamptz[], $3::timestamptz[], $4::numeric[], $5::numeric[])
           as change (series_id, from_hour, until_hour, change_usage, change_credits)
   cross join lateral (
           select coalesce(sum(usage), 0) as usage, coalesce(sum(credits), 0) as credits
             from hourly_costs
            where hourly_costs.series_id = change.series_id
              and hour between from_hour and until_hour
         ) as stored
   order by series_id, from_hour`;

export interface CorrectionCause {
  readonly reason: "late" | "discard" | "re-rating" | "hold";
  readonly actor: string;
  /** In the operator's own words. */
  readonly note: string | null;
}

/** Records what a correction is about to change; to be called before the ledger is changed. */
export async function insertCorrections(
  client: pg.ClientBase,
  stretches: readonly CorrectedStretch[],
  { reason, actor, note }: CorrectionCause,
): Promise<void> {
  await client.query({
    name: "insert-corrections",
    text,
    values: [
      int4Array(stretches.map(({ seriesId }) => seriesId)),
      timestamptzArray(stretches.map(({ fromMs }) => fromMs)),
      timestamptzArray(stretches.map(({ untilMs }) => untilMs)),
      numericArray(
        stretches.map(({ usage }) => usage),
        VALUE_SCALE,
      ),
      numericArray(
        stretches.map(({ credits }) => credits),
        CREDITS_SCALE,
      ),
      reason,
      actor,
      note,
    ],
  });
}
