import type { Queryable } from "../../database/pool.ts";

const text = `
  select last_project_id
    from verifications
   where scope = $1::text
   order by verification_id desc
   limit 1`;

/** Where the last verification of this scope ended; 0: at the end of all projects, or there was none. */
export async function selectLastVerified(client: Queryable, scope: string): Promise<number> {
  const { rows } = await client.query<{ last_project_id: number }>({
    name: "select-last-verified",
    text,
    values: [scope],
  });
  return rows[0]?.last_project_id ?? 0;
}
