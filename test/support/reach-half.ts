import type pg from "pg";
import { scanLimits } from "../../lib/postgres/scan-limits.ts";

/** That many projects reach their half at once. */
export async function reachHalf(pool: pg.Pool, projects: number, nowMs: number): Promise<void> {
  await pool.query(
    `insert into projects (project_name, used_credits, granted_credits)
     select 'project ' || n, 50, 100 from generate_series(1, $1::int) as n`,
    [projects],
  );
  await scanLimits(pool, ["50"], nowMs);
}
