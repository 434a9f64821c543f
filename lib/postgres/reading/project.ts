import type { Pool } from "../database/pool.ts";
import { readProjectCredits, readProjectUsage, readUsedSteps } from "./credits.ts";
import { readCreditRecords, readProjectSites } from "./project-records.ts";

/** All that a project's page tells; undefined: no such project. Throws `Unavailable`. */
export async function readProject(pool: Pool, projectName: string, nowMs: number) {
  const credits = await readProjectCredits(pool, projectName);
  if (credits === undefined) return undefined;
  const { projectId } = credits;
  const [usage, steps, sites, records] = await Promise.all([
    readProjectUsage(pool, projectId, nowMs),
    readUsedSteps(pool, projectName),
    readProjectSites(pool, projectId),
    readCreditRecords(pool, projectId),
  ]);
  return { credits, usage, steps, sites, records };
}
