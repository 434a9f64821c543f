import { inTransaction } from "../database/in-transaction.ts";
import type { Pool } from "../database/pool.ts";
import { updateLinkGeneration } from "./queries/update-link-generation.ts";

/** Begins a new generation of a project's links, which ends all others; undefined: no such project. Throws `Unavailable`. */
export const revokeLinks = (pool: Pool, projectName: string): Promise<number | undefined> =>
  inTransaction(pool, (client) => updateLinkGeneration(client, projectName));
