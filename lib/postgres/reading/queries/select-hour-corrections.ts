import type { DecimalText } from "../../../billing/decimal.ts";
import type { Queryable } from "../../database/pool.ts";
import { epochMs } from "../../database/queries/epoch-ms.ts";

/** Times in Unix milliseconds. */
export interface HourCorrectionRow {
  readonly series_id: number;
  readonly at_ms: number;
  readonly reason: string;
  readonly actor: string;
  readonly note: string | null;
  readonly from_ms: number;
  readonly until_ms: number;
  readonly credits_before: DecimalText;
  readonly credits_after: DecimalText;
}

const text = `
  select series_id, ${epochMs("recorded_at")} as at_ms, reason, actor, note,
         ${epochMs("from_hour")} as from_ms, ${epochMs("until_hour")} as until_ms,
         credits_before, credits_after
    from corrections
   where series_id = any ($1::int4[])
     and from_hour <= $2::timestamptz
     and until_hour >= $2::timestamptz
   order by correction_id desc
   limit $3::int4`;

/** The corrections of these series that changed an hour. */
export async function selectHourCorrections(
  client: Queryable,
  seriesIds: readonly number[],
  hourMs: number,
  limit: number,
): Promise<readonly HourCorrectionRow[]> {
  const { rows } = await client.query<HourCorrectionRow>({
    name: "select-hour-corrections",
    text,
    values: [seriesIds, new Date(hourMs), limit],
  });
  return rows;
}
