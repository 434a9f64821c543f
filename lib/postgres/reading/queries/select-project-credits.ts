import type { Queryable } from "../../database/pool.ts";

export interface ProjectCreditsRow {
  readonly project_id: number;
  /** Decimals as text. */
  readonly used_credits: string;
  readonly granted_credits: string | null;
  readonly held_credits: string;
  readonly has_open_drops: boolean;
}

const text = `
  select project_id, used_credits, granted_credits,
         (
           select coalesce(sum(held_increases.credits), 0)::text
             from series
             join held_increases using (series_id)
            where series.project_id = projects.project_id
         ) as held_credits,
         exists (
           select from series
             join series_heads using (series_id)
            where series.project_id = projects.project_id
              and open_peak_time is not null
         ) as has_open_drops
    from projects
   where project_name = $1::text`;

export async function selectProjectCredits(
  client: Queryable,
  projectName: string,
): Promise<ProjectCreditsRow | undefined> {
  const { rows } = await client.query<ProjectCreditsRow>({
    name: "select-project-credits",
    text,
    values: [projectName],
  });
  return rows[0];
}
