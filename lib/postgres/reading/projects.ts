import type pg from "pg";
import { formatCredits } from "../../billing/credits.ts";
import type {
  ListedProject,
  ProjectsFound,
  ProjectsPage,
} from "../../usecases/reading/projects-list.ts";
import { inSnapshot } from "../database/in-transaction.ts";
import { reading } from "./credits.ts";
import { readPendingCredits } from "./pending.ts";
import { countProjects } from "./queries/count-projects.ts";
import { type ListedProjectRow, selectProjectsPage } from "./queries/select-projects-page.ts";

/** One page of projects, and how many there are of each state, all of one instant. Throws `Unavailable`. */
export const readProjects = (pool: pg.Pool, page: ProjectsPage): Promise<ProjectsFound> =>
  reading(() =>
    inSnapshot(pool, async (client) => {
      const counts = await countProjects(client, page.scope);
      const rows = await selectProjectsPage(client, page);
      const ids = rows.flatMap((row) => (row.has_open_drops ? [row.project_id] : []));
      const pending = ids.length === 0 ? null : await readPendingCredits(client, ids);
      const projects = rows.map((row) => toProject(row, pending?.get(row.project_id) ?? 0n));
      return { counts, projects };
    }),
  );

const toProject = (row: ListedProjectRow, pending: bigint): ListedProject => ({
  projectName: row.project_name,
  rank: row.place,
  state: row.state,
  usedCredits: row.used_credits,
  grantedCredits: row.granted_credits,
  remainingCredits: row.remaining_credits,
  pendingCredits: formatCredits(pending),
  forecast: toForecast(row),
  lastMs: row.last_ms,
  sites: row.sites,
});

function toForecast(row: ListedProjectRow): ListedProject["forecast"] {
  const { burn_day: day, burn_week: week, burn_month: month, earliest_ms: earliestMs } = row;
  if (row.computed_ms === null || day === null || week === null || month === null) return null;
  const end =
    earliestMs === null
      ? null
      : { earliestMs, expectedMs: row.expected_ms, latestMs: row.latest_ms };
  return { computedMs: row.computed_ms, burnRates: { day, week, month }, end };
}
