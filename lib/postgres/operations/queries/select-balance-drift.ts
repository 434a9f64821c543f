import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";
import { onlyRow } from "../../database/only-row.ts";

const text = `
  select used_credits
           - coalesce((select sum(credits)
                         from series
                         join hourly_costs using (series_id)
                        where series.project_id = projects.project_id), 0)
           - coalesce((select sum(credits)
                         from adjustments
                        where adjustments.project_id = projects.project_id), 0) as drift
    from projects
   where project_id = $1::int4`;

/** Used credits minus the ledger minus the adjustments: 0 where all is well. */
export async function selectBalanceDrift(
  client: pg.ClientBase,
  projectId: number,
): Promise<DecimalText> {
  const { rows } = await client.query<{ drift: DecimalText }>({
    name: "select-balance-drift",
    text,
    values: [projectId],
  });
  return onlyRow(rows).drift;
}
