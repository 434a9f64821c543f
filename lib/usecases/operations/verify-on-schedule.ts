import { dayMs } from "../../billing/time.ts";
import {
  isDrifting,
  type ProjectVerification,
  type VerifyReader,
  verifyLedger,
} from "./verify-ledger.ts";

/** `recent`: the last two days of all projects. `slice`: as many projects as a whole as there is time for. */
export type VerificationScope = "recent" | "slice";

export interface Verification {
  readonly scope: VerificationScope;
  readonly startedAtMs: number;
  readonly afterProjectId: number;
  /** Where the next one goes on; 0: at the beginning. */
  readonly lastProjectId: number;
  readonly projects: number;
  readonly drifting: number;
  /** The first of them. */
  readonly drifts: readonly ProjectVerification[];
}

export interface VerificationPorts {
  withSnapshot<T>(work: (reader: VerifyReader) => Promise<T>): Promise<T>;
  /** Where the last verification of the scope ended. */
  lastProjectId(scope: VerificationScope): Promise<number>;
  record(verification: Verification): Promise<void>;
}

const recentMs = 2 * dayMs;
const driftsMax = 100;

/**
 * Verifies the last two days in at most half of the time, and in the rest as many whole projects as it
 * is enough for; both go on next time where they ended, and behind the last project with the first.
 */
export async function verifyOnSchedule(
  ports: VerificationPorts,
  nowMs: () => number,
  durationMs: number,
): Promise<readonly Verification[]> {
  const startedAtMs = nowMs();
  const halfMs = startedAtMs + durationMs / 2;
  const since = startedAtMs - recentMs;
  return [
    await verifyScope(ports, "recent", since, nowMs, halfMs),
    await verifyScope(ports, "slice", null, nowMs, startedAtMs + durationMs),
  ];
}

async function verifyScope(
  ports: VerificationPorts,
  scope: VerificationScope,
  sinceMs: number | null,
  nowMs: () => number,
  deadlineMs: number,
): Promise<Verification> {
  const [startedAtMs, afterProjectId] = [nowMs(), await ports.lastProjectId(scope)];
  const drifts: ProjectVerification[] = [];
  let [projects, drifting] = [0, 0];
  const onProject = (one: ProjectVerification) => {
    projects += 1;
    if (!isDrifting(one)) return;
    drifting += 1;
    if (drifts.length < driftsMax) drifts.push(one);
  };
  const shouldStop = () => nowMs() >= deadlineMs;
  const lastProjectId = await ports.withSnapshot((reader) =>
    verifyLedger(reader, { projectName: null, sinceMs, afterProjectId }, { onProject, shouldStop }),
  );
  const found = { scope, startedAtMs, afterProjectId, lastProjectId, projects, drifting, drifts };
  await ports.record(found);
  return found;
}
