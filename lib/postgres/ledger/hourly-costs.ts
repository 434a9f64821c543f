import type pg from "pg";
import { parseCredits } from "../../billing/credits.ts";
import { parseDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { HourlyCosts } from "../../billing/hourly-costs.ts";
import { selectHourlyCosts } from "./queries/select-hourly-costs.ts";

/** The ledger of a series from an hour on; hours without usage and credits are left out. */
export async function readHourlyCosts(
  client: pg.ClientBase,
  seriesId: number,
  fromHourMs: number,
): Promise<HourlyCosts> {
  const from = Number.isFinite(fromHourMs) ? fromHourMs : null;
  const rows = await selectHourlyCosts(client, seriesId, from);
  return new Map(
    rows.map((row) => [
      row.hour_ms,
      {
        usage: parseDecimal(row.usage, VALUE_SCALE),
        credits: parseCredits(row.credits),
      },
    ]),
  );
}
