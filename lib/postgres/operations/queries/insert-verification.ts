import type { Queryable } from "../../database/pool.ts";

export interface NewVerification {
  readonly scope: string;
  readonly startedAtMs: number;
  readonly afterProjectId: number;
  readonly lastProjectId: number;
  readonly projects: number;
  readonly drifting: number;
  /** JSON. */
  readonly drifts: string;
}

const text = `
  insert into verifications
         (scope, started_at, after_project_id, last_project_id, projects, drifting, drifts)
  values ($1::text, $2::timestamptz, $3::int4, $4::int4, $5::int4, $6::int4, $7::jsonb)`;

export async function insertVerification(client: Queryable, one: NewVerification): Promise<void> {
  await client.query({
    name: "insert-verification",
    text,
    values: [
      one.scope,
      new Date(one.startedAtMs),
      one.afterProjectId,
      one.lastProjectId,
      one.projects,
      one.drifting,
      one.drifts,
    ],
  });
}
