import type pg from "pg";
import { formatCredits } from "../../../billing/credits.ts";
import { formatDecimal, VALUE_SCALE } from "../../../billing/decimal.ts";
import { toNumberArray } from "../../database/queries/number-array.ts";

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
    from (
           select series_id,
                  timestamptz 'epoch' + from_ms * interval '1 millisecond' as from_hour,
                  timestamptz 'epoch' + until_ms * interval '1 millisecond' as until_hour,
                  change_usage, change_credits
             from unnest($1::int4[], $2::int8[], $3::int8[], $4::numeric[], $5::numeric[])
                    as change (series_id, from_ms, until_ms, change_usage, change_credits)
         ) as change
   cross join lateral (
           select coalesce(sum(usage), 0) as usage, coalesce(sum(credits), 0) as credits
             from hourly_costs
            where hourly_costs.series_id = change.series_id
              and hour between from_hour and until_hour
         ) as stored
   order by series_id, from_hour`;

export interface CorrectionCause {
  readonly reason: "late" | "discard" | "re-rating";
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
      toNumberArray(stretches.map(({ seriesId }) => seriesId)),
      toNumberArray(stretches.map(({ fromMs }) => fromMs)),
      toNumberArray(stretches.map(({ untilMs }) => untilMs)),
      toNumberArray(stretches.map(({ usage }) => formatDecimal(usage, VALUE_SCALE))),
      toNumberArray(stretches.map(({ credits }) => formatCredits(credits))),
      reason,
      actor,
      note,
    ],
  });
}
