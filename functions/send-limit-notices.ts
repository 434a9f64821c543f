import type { Context } from "aws-lambda";
import { loadConfig } from "../lib/config.ts";
import { logger } from "../lib/logger.ts";
import { mailChannels } from "../lib/mail/mail-channel.ts";
import { portalChannels } from "../lib/portal/limit-channel.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { limitScan } from "../lib/postgres/notices/limit-scan.ts";
import { outbox } from "../lib/postgres/notices/outbox.ts";
import { deliverNotices } from "../lib/usecases/notices/deliver-notices.ts";
import { webhookChannels } from "../lib/webhook/webhook-channel.ts";

const config = loadConfig(["database", "limitThresholds", "portalNotices", "webhooks", "mail"]);
const pool = createPool(config.database, { connectionsMax: 4, statementTimeoutMs: 30_000 });
const channels = [
  ...portalChannels(config.portalNotices),
  ...webhookChannels(config.webhooks),
  ...mailChannels(config.mail),
];
const effects = {
  nowMs: Date.now,
  random: Math.random,
  onFailure: (channel: string, { id, type }: { id: string; type: string }, err: Error) =>
    logger.warn({ channel, noticeId: id, type, reason: err.message }, "notice not delivered"),
};

/** Scans the limits, then sends the notices of all kinds that are due: also where the scan fails. */
export const handler = async (_event: unknown, context: Context) => {
  const deadlineMs = Date.now() + context.getRemainingTimeInMillis();
  const [scan] = await Promise.allSettled([limitScan(pool)(config.limitThresholds, Date.now())]);
  const sent = await deliverNotices(channels, outbox(pool), effects, deadlineMs);
  if (scan.status === "rejected") throw scan.reason;
  logger.info({ ...scan.value, sent }, "limits scanned, notices sent");
  return { ...scan.value, sent };
};
