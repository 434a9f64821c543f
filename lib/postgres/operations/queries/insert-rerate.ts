import type pg from "pg";
import { onlyRow } from "../../database/only-row.ts";

export interface NewRerate {
  readonly projectName: string | null;
  readonly site: string | null;
  readonly request: string;
  readonly actor: string;
  readonly reason: string;
}

const text = `
  insert into rerates (project_name, site, request, actor, reason)
  values ($1::text, $2::text, $3::text, $4::text, $5::text)
  returning rerate_id`;

export async function insertRerate(client: pg.ClientBase, rerate: NewRerate): Promise<number> {
  const { projectName, site, request, actor, reason } = rerate;
  const { rows } = await client.query<{ rerate_id: number }>({
    name: "insert-rerate",
    text,
    values: [projectName, site, request, actor, reason],
  });
  return onlyRow(rows).rerate_id;
}
