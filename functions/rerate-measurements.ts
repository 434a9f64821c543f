import type { Context } from "aws-lambda";
import { formatCredits } from "../lib/billing/credits.ts";
import { readRerateEvent } from "../lib/commands/rerate-event.ts";
import { loadConfig } from "../lib/config.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { reratePorts } from "../lib/postgres/operations/rerate.ts";
import { stopWithTimeLeft } from "../lib/schedule.ts";
import { rerate } from "../lib/usecases/operations/rerate.ts";

const config = loadConfig({ database: readDatabase });
const limits = { connectionsMax: 1, statementTimeoutMs: 600_000 };
const ports = reratePorts(createPool(config.database, limits));
const spareMs = 120_000;

/** Ends in time; `finished: false` asks to be invoked again with the same event. */
export const handler = async (event: unknown, context: Context) => {
  const { order, dryRun } = readRerateEvent(event);
  const isTimeUp = stopWithTimeLeft(context, spareMs);
  let finished = true;
  const shouldStop = () => {
    finished = !isTimeUp();
    return !finished;
  };
  for await (const { credits, ...one } of rerate(order, ports, { dryRun, shouldStop })) {
    logger.info({ ...one, credits: formatCredits(credits) }, "project re-rated");
  }
  return { finished };
};
