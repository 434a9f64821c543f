import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";
import type { SeriesScope } from "../../../usecases/ledger/stored-series.ts";
import { type HeadRow, headColumns } from "./select-heads.ts";

export interface ProjectSeriesRow extends HeadRow {
  readonly project_id: number;
  readonly rerate_ids: readonly number[];
  readonly floor_time_ms: number | null;
  readonly floor_value: DecimalText | null;
  readonly metric: string;
  readonly site: string;
  readonly resource: string;
  readonly floor_usage: DecimalText | null;
  readonly floor_credits: DecimalText | null;
}

const text = `
  select project_id, rerate_ids, metric, site, resource,
         round(date_part('epoch', floor_time) * 1000) as floor_time_ms,
         floor_value, floor_usage, floor_credits,${headColumns}
    from series
    join projects using (project_id)
    join series_heads using (series_id)
   where project_name = $1::text
     and ($2::text is null or site = $2::text)
     and ($3::text is null or metric = $3::text)
     and ($4::text is null or resource = $4::text)
   order by series_id`;

/** The series of one project that are in the scope. */
export async function selectProjectSeries(
  client: pg.ClientBase,
  projectName: string,
  { site, metric, resource }: SeriesScope,
): Promise<readonly ProjectSeriesRow[]> {
  const { rows } = await client.query<ProjectSeriesRow>({
    name: "select-project-series",
    text,
    values: [projectName, site, metric, resource],
  });
  return rows;
}
