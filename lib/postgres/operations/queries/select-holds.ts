import type { DecimalText } from "../../../billing/decimal.ts";
import type { SeriesScope } from "../../../usecases/ledger/stored-series.ts";
import type { Queryable } from "../../database/pool.ts";

export interface HoldRow {
  readonly series_id: number;
  readonly project_name: string;
  readonly site: string;
  readonly metric: string;
  readonly resource: string;
  readonly from_ms: number;
  readonly until_ms: number;
  readonly usage: DecimalText;
  readonly credits: DecimalText;
}

const text = `
  select series_id, project_name, site, metric, resource,
         round(date_part('epoch', from_time) * 1000) as from_ms,
         round(date_part('epoch', until_time) * 1000) as until_ms,
         usage, credits
    from held_increases
    join series using (series_id)
    join projects using (project_id)
   where ($1::text is null or project_name = $1::text)
     and ($2::text is null or site = $2::text)
     and ($3::text is null or metric = $3::text)
     and ($4::text is null or resource = $4::text)
     and (series_id, from_time) > ($5::int4, $6::timestamptz)
   order by series_id, from_time
   limit $7::int4`;

/** What is held in the scope, behind one that was read already; null: from the first on. */
export async function selectHolds(
  client: Queryable,
  { projectName, site, metric, resource }: SeriesScope,
  after: Pick<HoldRow, "series_id" | "from_ms"> | null,
  limit: number,
): Promise<readonly HoldRow[]> {
  const from = after === null ? "-infinity" : new Date(after.from_ms);
  const { rows } = await client.query<HoldRow>({
    name: "select-holds",
    text,
    values: [projectName, site, metric, resource, after?.series_id ?? 0, from, limit],
  });
  return rows;
}
