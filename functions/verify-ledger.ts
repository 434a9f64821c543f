import type { Context } from "aws-lambda";
import { loadConfig } from "../lib/config.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { verificationPorts } from "../lib/postgres/operations/verification.ts";
import { steadyClock } from "../lib/schedule.ts";
import { verifyOnSchedule } from "../lib/usecases/operations/verify-on-schedule.ts";

const config = loadConfig({ database: readDatabase });
const limits = { connectionsMax: 1, statementTimeoutMs: 600_000 };
const ports = verificationPorts(createPool(config.database, limits));
// For the project that is under way when the time is up, and for the result.
const spareMs = 120_000;

export const handler = async (_event: unknown, context: Context) => {
  const durationMs = context.getRemainingTimeInMillis() - spareMs;
  for (const { drifts, ...result } of await verifyOnSchedule(ports, steadyClock(), durationMs)) {
    const projects = drifts.map(({ projectName }) => projectName);
    const damage = drifts.flatMap(({ firstDamage }) => firstDamage ?? []);
    if (result.drifting > 0) {
      logger.error({ ...result, drifts: projects, damage }, "the ledger drifts");
    } else logger.info(result, "ledger verified");
  }
};
