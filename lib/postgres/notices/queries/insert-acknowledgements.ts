import type { SeriesScope } from "../../../usecases/ledger/stored-series.ts";
import type { Queryable } from "../../database/pool.ts";
import { silentInScope } from "./silent-in-scope.ts";

export interface AcknowledgedRow {
  readonly site: string;
  readonly project_name: string;
  readonly metric: string;
  readonly resource: string;
}

export interface AcknowledgeOrder extends SeriesScope {
  /** Only series that have no measurement since then, Unix milliseconds. */
  readonly sinceMs: number;
  readonly actor: string;
  readonly reason: string;
}

const text = `
  with acknowledged as (
    insert into series_acknowledged (series_id, last_time, actor, reason)
    select series_id, last_time, $6::text, $7::text${silentInScope}
    on conflict (series_id) do update
       set last_time = excluded.last_time,
           actor = excluded.actor,
           reason = excluded.reason,
           acknowledged_at = excluded.acknowledged_at
     where series_acknowledged.last_time < excluded.last_time
    returning series_id
  ), forgotten as (
    delete from silent_series
     where series_id in (select series_id from acknowledged)
  )
  select site, project_name, metric, resource
    from acknowledged
    join series using (series_id)
    join projects using (project_id)
   order by site, project_name, metric, resource`;

/**
 * Acknowledges the silent series of the scope: they have ended for good, and cause no more notices. One
 * that has reported since it was acknowledged, and fell silent again before a watch saw it, is
 * acknowledged anew.
 */
export async function insertAcknowledgements(
  client: Queryable,
  { projectName, site, metric, resource, sinceMs, actor, reason }: AcknowledgeOrder,
): Promise<readonly AcknowledgedRow[]> {
  const { rows } = await client.query<AcknowledgedRow>({
    name: "insert-acknowledgements",
    text,
    values: [projectName, site, metric, resource, new Date(sinceMs), actor, reason],
  });
  return rows;
}
