import { loadConfig } from "../lib/config.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { selectClock } from "../lib/postgres/database/queries/select-clock.ts";
import { withWatch } from "../lib/postgres/notices/site-watch.ts";
import { readSilenceAfterMs } from "../lib/settings/notices.ts";
import { watchSites } from "../lib/usecases/notices/watch-sites.ts";

const config = loadConfig({ database: readDatabase, silenceAfterMs: readSilenceAfterMs });
const pool = createPool(config.database, { connectionsMax: 1, statementTimeoutMs: 30_000 });

/** Writes notices of silence for operators; send-limit-notices sends them. */
export const handler = async () => {
  const nowMs = await selectClock(pool);
  const events = await watchSites(withWatch(pool, nowMs), config.silenceAfterMs, nowMs);
  for (const { type, site, seriesCount } of events) logger.warn({ site, seriesCount }, type);
  logger.info({ events: events.length }, "sites watched");
  return { events: events.length };
};
