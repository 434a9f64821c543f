import type { DecimalText } from "../../../billing/decimal.ts";
import type { Queryable } from "../../database/pool.ts";

export interface BudgetRow {
  readonly project_id: number;
  readonly used_credits: DecimalText;
  readonly granted_credits: DecimalText | null;
  /** The notice that the budget ends, and the grant that it names; null: there is none to re-arm. */
  readonly notice_id: string | null;
  readonly noticed_grant: DecimalText | null;
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
   order by projects.project_id
   limit $3::int4`;

/** The next projects by id, up to an id or (null) the last. */
export async function selectBudgetsAfter(
  client: Queryable,
  projectId: number,
  upTo: number | null,
  pageSize: number,
): Promise<readonly BudgetRow[]> {
  const { rows } = await client.query<BudgetRow>({
    name: "select-budgets-after",
    text,
    values: [projectId, upTo, pageSize],
  });
  return rows;
}
