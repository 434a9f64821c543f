import type pg from "pg";

/** A project with used and granted credits, and what scans have noticed of it since it was asked last. */
export function limitedProject(pool: pg.Pool, name: string) {
  let seen = 0;
  return {
    async set(used: string, granted: string | null) {
      await pool.query(
        `insert into projects (project_name, used_credits, granted_credits) values ($1, $2, $3)
         on conflict (project_name) do update
            set used_credits = excluded.used_credits, granted_credits = excluded.granted_credits`,
        [name, used, granted],
      );
    },
    async noticed(): Promise<readonly string[]> {
      const { rows } = await pool.query(
        `select notice_id::int, trim_scale(threshold)::text as threshold, notices.used_credits as used,
                notices.granted_credits as granted
           from notices join projects using (project_id)
          where project_name = $1 and notice_id > $2 and not quiet
          order by notice_id, threshold`,
        [name, seen],
      );
      seen = rows.at(-1)?.notice_id ?? seen;
      return rows
        .sort((a, b) => Number(a.threshold) - Number(b.threshold))
        .map(({ threshold, used, granted }) => `${threshold}: ${used} of ${granted}`);
    },
  };
}
