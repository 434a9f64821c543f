import type { SeriesScope } from "../../../usecases/ledger/stored-series.ts";
import type { Queryable } from "../../database/pool.ts";
import type { AcknowledgedRow } from "./insert-acknowledgements.ts";

export interface AcknowledgeDoubtsOrder extends SeriesScope {
  readonly kind: string;
  readonly actor: string;
  readonly reason: string;
}

const text = `
  update doubts
     set acknowledged_at = now(), actor = $6::text, reason = $7::text
    from series
    join projects using (project_id)
   where series.series_id = doubts.series_id
     and kind = $5::text
     and acknowledged_at is null
     and ($1::text is null or project_name = $1::text)
     and ($2::text is null or site = $2::text)
     and ($3::text is null or metric = $3::text)
     and ($4::text is null or resource = $4::text)
  returning site, project_name, metric, resource`;

/** Acknowledges the doubts of one kind in the scope that were told and are not over. */
export async function updateDoubtsAcknowledged(
  client: Queryable,
  { projectName, site, metric, resource, kind, actor, reason }: AcknowledgeDoubtsOrder,
): Promise<readonly AcknowledgedRow[]> {
  const { rows } = await client.query<AcknowledgedRow>({
    name: "update-doubts-acknowledged",
    text,
    values: [projectName, site, metric, resource, kind, actor, reason],
  });
  return rows;
}
