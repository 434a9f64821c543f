import type { DecimalText } from "../../../billing/decimal.ts";
import type { Queryable } from "../../database/pool.ts";

export interface KnownGrantRow {
  readonly project_id: number;
  readonly project_name: string;
  readonly granted_credits: DecimalText | null;
  readonly portal_credits: DecimalText | null;
}

const text = `
  select project_id, project_name, granted_credits, portal_credits
    from projects
   where project_id > $1::int4
     and ($2::int4 is null or project_id <= $2::int4)
   order by project_id
   limit $3::int4`;

/** The next projects by id, up to an id or (null) the last. */
export async function selectGrantsAfter(
  client: Queryable,
  projectId: number,
  upTo: number | null,
  pageSize: number,
): Promise<readonly KnownGrantRow[]> {
  const { rows } = await client.query<KnownGrantRow>({
    name: "select-grants-after",
    text,
    values: [projectId, upTo, pageSize],
  });
  return rows;
}
