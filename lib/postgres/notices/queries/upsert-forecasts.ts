import { CREDITS_SCALE } from "../../../billing/decimal.ts";
import type { BurnWindow } from "../../../billing/forecast.ts";
import type { ProjectForecast } from "../../../usecases/notices/forecast-budgets.ts";
import type { Queryable } from "../../database/pool.ts";
import { int4Array, numericArray, timestamptzArray } from "../../database/queries/binary-array.ts";

const text = `
  insert into project_forecasts
  select project_id, $8::timestamptz, burn_day, burn_week, burn_month,
         ends_earliest, ends_expected, ends_latest,
         (
           select max(series_heads.last_time)
             from series
             join series_heads using (series_id)
            where series.project_id = new.project_id
         )
    from unnest($1::int4[], $2::numeric[], $3::numeric[], $4::numeric[],
                $5::timestamptz[], $6::timestamptz[], $7::timestamptz[])
           as new (project_id, burn_day, burn_week, burn_month, ends_earliest, ends_expected, ends_latest)
   order by project_id
  on conflict (project_id) do update
     set computed_at = excluded.computed_at,
         burn_day = excluded.burn_day,
         burn_week = excluded.burn_week,
         burn_month = excluded.burn_month,
         ends_earliest = excluded.ends_earliest,
         ends_expected = excluded.ends_expected,
         ends_latest = excluded.ends_latest,
         last_time = excluded.last_time`;

/** Rates are credits per hour at CREDITS_SCALE, times Unix milliseconds. */
export async function upsertForecasts(
  client: Queryable,
  forecasts: readonly ProjectForecast[],
  nowMs: number,
): Promise<void> {
  const rates = (window: BurnWindow) =>
    numericArray(
      forecasts.map((one) => one.rates[window]),
      CREDITS_SCALE,
    );
  await client.query({
    name: "upsert-forecasts",
    text,
    values: [
      int4Array(forecasts.map(({ projectId }) => projectId)),
      rates("day"),
      rates("week"),
      rates("month"),
      timestamptzArray(forecasts.map(({ end }) => end?.earliestMs ?? null)),
      timestamptzArray(forecasts.map(({ end }) => end?.expectedMs ?? null)),
      timestamptzArray(forecasts.map(({ end }) => end?.latestMs ?? null)),
      new Date(nowMs),
    ],
  });
}
