import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";
import type { SeriesScope } from "../../../usecases/ledger/stored-series.ts";
import { type StoredSeriesRow, storedSeriesColumns } from "./select-series.ts";

export interface ProjectSeriesRow extends StoredSeriesRow {
  readonly metric: string;
  readonly site: string;
  readonly resource: string;
  readonly floor_usage: DecimalText | null;
  readonly floor_credits: DecimalText | null;
}

const text = `
  select series.metric, series.site, series.resource, series.floor_usage, series.floor_credits,${storedSeriesColumns}
    from series
    join projects using (project_id)
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
