import type pg from "pg";
import type { PulledGrant, RefreshPorts } from "../../usecases/grants/refresh-grants.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { Pool } from "../database/pool.ts";
import { runCursor } from "../database/run-cursor.ts";
import { lockProjects } from "../ledger/queries/lock-projects.ts";
import { applyPortalAnswers } from "./queries/apply-portal-answers.ts";
import { selectGrantsAfter } from "./queries/select-grants-after.ts";

// The answers of a page are booked in one transaction, in which its projects are locked.
const pageSize = 200;

/** All ports of a refresh but the portal's. */
export const refreshPorts = (pool: Pool): Omit<RefreshPorts, "grantedCredits"> => ({
  ...runCursor(pool, "refresh-grants"),
  async projectsAfter(projectId, upTo) {
    const rows = await selectGrantsAfter(pool, projectId, upTo, pageSize);
    return rows.map((row) => ({
      projectId: row.project_id,
      projectName: row.project_name,
      grantedCredits: row.granted_credits,
      portalCredits: row.portal_credits,
    }));
  },
  book: (pulled) => inTransaction(pool, (client) => book(client, pulled)),
});

async function book(client: pg.ClientBase, pulled: readonly PulledGrant[]): Promise<number> {
  await lockProjects(
    client,
    pulled.map(({ projectName }) => projectName),
  );
  return applyPortalAnswers(client, {
    projectIds: pulled.map(({ projectId }) => projectId),
    answers: pulled.map(({ answer }) => answer),
    granted: pulled.map(({ grantedCredits }) => grantedCredits),
    portal: pulled.map(({ portalCredits }) => portalCredits),
  });
}
