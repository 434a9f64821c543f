import type pg from "pg";
import type { NoticeRow } from "../notice-rows.ts";
import { noticeColumns } from "./notice-columns.ts";

const text = `
  select ${noticeColumns}
    from notices
    left join projects using (project_id)
   where dispatched_at is null
   order by (notices.project_id is null) desc, notice_id
   limit $1::int4
     for update of notices skip locked`;

/** New notices, locked: those to operators, then those to projects, of each the oldest first. */
export async function selectUndispatched(
  client: pg.ClientBase,
  countMax: number,
): Promise<readonly NoticeRow[]> {
  const { rows } = await client.query<NoticeRow>({
    name: "select-undispatched",
    text,
    values: [countMax],
  });
  return rows;
}
