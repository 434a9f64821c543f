import type { SeriesScope } from "../../../usecases/ledger/stored-series.ts";
import { onlyRow } from "../../database/only-row.ts";
import type { Queryable } from "../../database/pool.ts";
import { silentInScope } from "./silent-in-scope.ts";

const text = `select count(*)::int4 as silent${silentInScope}`;

/** How many series of the scope have no measurement since then, acknowledged or not. */
export async function selectSilentCount(
  client: Queryable,
  { projectName, site, metric, resource }: SeriesScope,
  sinceMs: number,
): Promise<number> {
  const { rows } = await client.query<{ silent: number }>({
    name: "select-silent-count",
    text,
    values: [projectName, site, metric, resource, new Date(sinceMs)],
  });
  return onlyRow(rows).silent;
}
