import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";

export interface PortalAnswerColumns {
  readonly projectIds: readonly number[];
  readonly answers: readonly DecimalText[];
  /** As they were before the portal was asked. */
  readonly granted: readonly (DecimalText | null)[];
  readonly portal: readonly (DecimalText | null)[];
}

// The projects are locked, so that all parts see, and change, the same rows. `decides` is false where
// an admin granted something while the portal was asked, or before it ever answered.
const text = `
  with news as (
    select project_id, answer, projects.granted_credits as granted,
           projects.granted_credits is not distinct from seen_granted
             and (projects.portal_credits is not null or projects.granted_credits is null) as decides
      from unnest($1::int4[], $2::numeric[], $3::numeric[], $4::numeric[])
             as pulled (project_id, answer, seen_granted, seen_portal)
      join projects using (project_id)
     where projects.portal_credits is not distinct from seen_portal
  ), changes as (
    select project_id, answer
      from news
     where decides
       and granted is distinct from answer
  ), remembered as (
    update projects
       set portal_credits = news.answer,
           granted_credits = case when decides then news.answer else granted_credits end,
           revision = revision + case when decides and granted is distinct from news.answer then 1 else 0 end
      from news
     where projects.project_id = news.project_id
  )
  insert into grants (project_id, granted_credits, source, actor, reason)
  select project_id, answer, 'portal', 'portal', 'the portal''s value'
    from changes
   order by project_id`;

/** Remembers the portal's answers, grants those that decide, and returns how many grants changed. */
export async function applyPortalAnswers(
  client: pg.ClientBase,
  { projectIds, answers, granted, portal }: PortalAnswerColumns,
): Promise<number> {
  const { rowCount } = await client.query({
    name: "apply-portal-answers",
    text,
    values: [projectIds, answers, granted, portal],
  });
  return rowCount ?? 0;
}
