import type pg from "pg";

const text = `
  update notices
     set rearmed_at = $2::timestamptz
   where notice_id = any ($1::int8[])
     and rearmed_at is null`;

/** Arms the forecasts again that these notices have reported. */
export async function updateForecastsRearmed(
  client: pg.ClientBase,
  noticeIds: readonly string[],
  nowMs: number,
): Promise<void> {
  await client.query({
    name: "update-forecasts-rearmed",
    text,
    values: [noticeIds, new Date(nowMs)],
  });
}
