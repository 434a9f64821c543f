import type { Pool } from "../database/pool.ts";
import { reading } from "./credits.ts";
import { selectProjectState } from "./queries/select-project-state.ts";

export interface ProjectState {
  readonly projectId: number;
  /** Changes with everything that is stored of the project. */
  readonly version: string;
  readonly linkGeneration: number;
  /** Where it was measured. */
  readonly sites: readonly string[];
}

/** What must be known of a project before anything of it is told; undefined: there is none. Throws `Unavailable`. */
export const projectStates =
  (pool: Pool) =>
  (projectName: string): Promise<ProjectState | undefined> =>
    reading(async () => {
      const row = await selectProjectState(pool, projectName);
      return (
        row && {
          projectId: row.project_id,
          version: row.version,
          linkGeneration: row.link_generation,
          sites: row.sites,
        }
      );
    });
