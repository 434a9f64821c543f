import type { Context } from "aws-lambda";
import { loadConfig } from "../lib/config.ts";
import { readNoticePages } from "../lib/http/links.ts";
import { logger } from "../lib/logger.ts";
import { readMailChannels } from "../lib/mail/mail-channel.ts";
import { readPortalChannels } from "../lib/portal/limit-channel.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { limitScan } from "../lib/postgres/notices/limit-scan.ts";
import { outbox } from "../lib/postgres/notices/outbox.ts";
import { steadyClock } from "../lib/schedule.ts";
import { readLimitThresholds } from "../lib/settings/notices.ts";
import { deliverNotices } from "../lib/usecases/notices/deliver-notices.ts";
import { readWebhookChannels } from "../lib/webhook/webhook-channel.ts";

const own = { database: readDatabase, thresholds: readLimitThresholds, pages: readNoticePages };
const sending = { portal: readPortalChannels, webhooks: readWebhookChannels };
const config = loadConfig({ ...own, ...sending, mail: readMailChannels });
const pool = createPool(config.database, { connectionsMax: 4, statementTimeoutMs: 30_000 });
const box = outbox(pool, config.pages);
const channels = [...config.portal, ...config.webhooks, ...config.mail];
const effects = {
  random: Math.random,
  onFailure: (channel: string, { id, type }: { id: string; type: string }, err: Error) =>
    logger.warn({ channel, noticeId: id, type, reason: err.message }, "notice not delivered"),
};

/** Writes notices of crossed limits, then sends the due ones of all kinds, even where the scan fails. */
export const handler = async (_event: unknown, context: Context) => {
  const nowMs = steadyClock();
  const deadlineMs = nowMs() + context.getRemainingTimeInMillis();
  const [scan] = await Promise.allSettled([limitScan(pool)(config.thresholds, nowMs())]);
  const sent = await deliverNotices(channels, box, { ...effects, nowMs }, deadlineMs);
  if (scan.status === "rejected") throw scan.reason;
  logger.info({ ...scan.value, sent }, "limits scanned, notices sent");
  return { ...scan.value, sent };
};
