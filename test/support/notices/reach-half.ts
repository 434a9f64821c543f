import type pg from "pg";
import { limitScan } from "../../../lib/postgres/notices/limit-scan.ts";

/** That many projects, or those with these names, reach their half at once. */
export async function reachHalf(
  pool: pg.Pool,
  projects: number | readonly string[],
  nowMs: number,
): Promise<void> {
  const names =
    typeof projects === "number"
      ? Array.from({ length: projects }, (_, index) => `project ${index + 1}`)
      : projects;
  await pool.query(
    `insert into projects (project_name, used_credits, granted_credits)
     select name, 50, 100 from unnest($1::text[]) with ordinality as new (name, n) order by n`,
    [names],
  );
  await limitScan(pool)(["50"], nowMs);
}
