import type pg from "pg";
import type { DoubtKind } from "../../../usecases/notices/notice.ts";

export interface KnownDoubtRow {
  readonly series_id: number;
  readonly kind: DoubtKind;
  readonly began_ms: number;
  readonly is_acknowledged: boolean;
  readonly site: string;
  readonly project_name: string;
  readonly metric: string;
  readonly resource: string;
}

const text = `
  select series_id, kind, round(date_part('epoch', began_at) * 1000) as began_ms,
         acknowledged_at is not null as is_acknowledged, site, project_name, metric, resource
    from doubts
    join series using (series_id)
    join projects using (project_id)
   order by site, project_name, metric, resource`;

/** The doubts that operators were told of and that were not over yet. */
export async function selectKnownDoubts(client: pg.ClientBase): Promise<readonly KnownDoubtRow[]> {
  const { rows } = await client.query<KnownDoubtRow>({ name: "select-known-doubts", text });
  return rows;
}
