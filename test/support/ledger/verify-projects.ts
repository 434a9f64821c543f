import type pg from "pg";
import { verificationPorts } from "../../../lib/postgres/operations/verification.ts";
import {
  isDrifting,
  type ProjectVerification,
  verifyLedger,
} from "../../../lib/usecases/operations/verify-ledger.ts";

/** What verification says of each project, or of one; all of its measurements, or those since a date. */
export async function verifyProjects(
  pool: pg.Pool,
  projectName: string | null = null,
  sinceMs: number | null = null,
): Promise<readonly ProjectVerification[]> {
  const found: ProjectVerification[] = [];
  const query = { projectName, sinceMs, afterProjectId: 0 };
  await verificationPorts(pool).withSnapshot((reader) =>
    verifyLedger(reader, query, { onProject: (one) => found.push(one) }),
  );
  return found;
}

/** The projects whose ledger is not what their samples give. */
export const driftingProjects = async (pool: pg.Pool): Promise<readonly ProjectVerification[]> =>
  (await verifyProjects(pool)).filter(isDrifting);
