import type { DecimalText } from "../../../billing/decimal.ts";
import type { Queryable } from "../../database/pool.ts";
import { toNumberArray } from "../../database/queries/number-array.ts";

export interface BurnRow {
  readonly project_id: number;
  readonly first_ms: number | null;
  /** Credits since the beginning of each stretch. */
  readonly day: DecimalText;
  readonly week: DecimalText;
  readonly month: DecimalText;
}

const text = `
  select project_id,
         (extract(epoch from min(first_time)) * 1000)::float8 as first_ms,
         coalesce(sum(costs.day), 0) as day,
         coalesce(sum(costs.week), 0) as week,
         coalesce(sum(costs.month), 0) as month
    from series
   cross join (
           select timestamptz 'epoch' + $2::int8 * interval '1 millisecond' as day,
                  timestamptz 'epoch' + $3::int8 * interval '1 millisecond' as week,
                  timestamptz 'epoch' + $4::int8 * interval '1 millisecond' as month
         ) as start
   cross join lateral (
           select sum(credits) filter (where hour >= start.day) as day,
                  sum(credits) filter (where hour >= start.week) as week,
                  sum(credits) as month
             from hourly_costs
            where hourly_costs.series_id = series.series_id
              and hour >= start.month
         ) as costs
   where project_id = any ($1::int4[])
   group by project_id`;

export interface WindowStarts {
  /** Unix milliseconds of full hours. */
  readonly day: number;
  readonly week: number;
  readonly month: number;
}

/** The projects' usage since then; a project without series has no row. */
export async function selectBurn(
  client: Queryable,
  projectIds: readonly number[],
  { day, week, month }: WindowStarts,
): Promise<readonly BurnRow[]> {
  const { rows } = await client.query<BurnRow>({
    name: "select-burn",
    text,
    values: [toNumberArray(projectIds), day, week, month],
  });
  return rows;
}
