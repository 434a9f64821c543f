import type { Queryable } from "../../database/pool.ts";

export interface BudgetRow {
  readonly project_id: number;
  /** Decimals as text. */
  readonly used_credits: string;
  readonly granted_credits: string;
  /** That the project was told that its budget ends, and what was granted then; null: nothing to re-arm. */
  readonly notice_id: string | null;
  readonly noticed_grant: string | null;
}

const text = `
  select projects.project_id, projects.used_credits, projects.granted_credits,
         notices.notice_id, notices.granted_credits as noticed_grant
    from projects
    left join notices
      on notices.project_id = projects.project_id
     and notices.type = 'budget.ending'
     and notices.rearmed_at is null
   where projects.project_id > $1::int4
     and ($2::int4 is null or projects.project_id <= $2::int4)
     and projects.granted_credits is not null
   order by projects.project_id
   limit 200`;

/** The next projects by id whose grant is known, up to an id or (null) the last. */
export async function selectBudgetsAfter(
  client: Queryable,
  projectId: number,
  upTo: number | null,
): Promise<readonly BudgetRow[]> {
  const { rows } = await client.query<BudgetRow>({
    name: "select-budgets-after",
    text,
    values: [projectId, upTo],
  });
  return rows;
}
