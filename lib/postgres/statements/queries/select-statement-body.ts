import type { Queryable } from "../../database/pool.ts";

const text = `
  select body
    from statements
   where project_id = $1::int4
     and month = $2::text`;

/** A closed statement as it was closed; undefined: there is none. */
export async function selectStatementBody(
  client: Queryable,
  projectId: number,
  month: string,
): Promise<string | undefined> {
  const { rows } = await client.query<{ body: string }>({
    name: "select-statement-body",
    text,
    values: [projectId, month],
  });
  return rows[0]?.body;
}
