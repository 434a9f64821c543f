import type { Pool } from "../database/pool.ts";
import { readCreditHistory, readProjectCredits, readProjectUsage } from "./credits.ts";
import { readCreditRecords, readProjectSites } from "./project-records.ts";

/** All that a project's page tells; undefined: no such project. Throws `Unavailable`. */
export async function readProject(pool: Pool, projectName: string, nowMs: number) {
  const credits = await readProjectCredits(pool, projectName);
  if (credits === undefined) return undefined;
  const { projectId } = credits;
  const [usage, history, sites, records] = await Promise.all([
    readProjectUsage(pool, projectId, nowMs),
    readCreditHistory(pool, { projectName, from: null, to: null }),
    readProjectSites(pool, projectId),
    readCreditRecords(pool, projectId),
  ]);
  return { credits, usage, steps: history.steps, sites, records };
}
