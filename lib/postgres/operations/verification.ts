import type pg from "pg";
import { formatCredits, parseCredits } from "../../billing/credits.ts";
import { type SegmentRecord, segmentFaults } from "../../segments/segment-faults.ts";
import { everySeries } from "../../usecases/ledger/stored-series.ts";
import type { ProjectVerification, VerifyReader } from "../../usecases/operations/verify-ledger.ts";
import type { VerificationPorts } from "../../usecases/operations/verify-on-schedule.ts";
import { inSnapshot } from "../database/in-transaction.ts";
import type { Pool } from "../database/pool.ts";
import { readHeldIncreases } from "../ledger/held-increases.ts";
import { readHourlyCosts } from "../ledger/hourly-costs.ts";
import { readWindows } from "../ledger/read-samples.ts";
import { readProjectSeries } from "../ledger/stored-series.ts";
import { readTariffs } from "../ledger/tariffs.ts";
import { insertVerification } from "./queries/insert-verification.ts";
import { selectBalanceDrift } from "./queries/select-balance-drift.ts";
import { selectLastVerified } from "./queries/select-last-verified.ts";
import { selectProjectsAfter } from "./queries/select-projects-after.ts";
import { type SegmentRecordRow, selectSegmentRecords } from "./queries/select-segment-records.ts";

export const verificationPorts = (pool: Pool): VerificationPorts => ({
  withSnapshot: (work) => inSnapshot(pool, (client) => work(verifyReader(client))),
  lastProjectId: (scope) => selectLastVerified(pool, scope),
  record: ({ drifts, ...verification }) =>
    insertVerification(pool, { ...verification, drifts: JSON.stringify(drifts.map(toJson)) }),
});

// Names and ids only: a page of projects takes little memory.
const pageSize = 500;

const verifyReader = (client: pg.ClientBase): VerifyReader => ({
  tariffs: () => readTariffs(client),
  readWindows: (requests) => readWindows(client, requests),
  async projects({ afterProjectId: projectId, projectName, sinceMs }, upTo) {
    const wanted = { projectId, upTo, projectName, sinceMs, pageSize };
    const rows = await selectProjectsAfter(client, wanted);
    return rows.map((row) => ({ projectId: row.project_id, projectName: row.project_name }));
  },
  series: (projectName) => readProjectSeries(client, projectName, everySeries),
  hourlyCosts: (seriesId, fromHourMs) => readHourlyCosts(client, seriesId, fromHourMs),
  heldIncreases: (seriesId, fromMs) => readHeldIncreases(client, seriesId, fromMs),
  async segmentFaults(seriesId, sinceMs) {
    const rows = await selectSegmentRecords(client, seriesId, sinceMs);
    return segmentFaults(rows.map(toSegmentRecord));
  },
  balanceDrift: async (projectId) => parseCredits(await selectBalanceDrift(client, projectId)),
});

const toSegmentRecord = (row: SegmentRecordRow): SegmentRecord => ({
  fromMs: row.from_ms,
  untilMs: row.until_ms,
  count: row.count,
  bytes: row.samples,
  end:
    row.step_ms === null || row.decimals === null
      ? null
      : { stepMs: row.step_ms, decimals: row.decimals },
});

const toJson = ({ balanceDrift, hoursDrift, ...rest }: ProjectVerification) => ({
  ...rest,
  balanceDrift: formatCredits(balanceDrift),
  hoursDrift: formatCredits(hoursDrift),
});
