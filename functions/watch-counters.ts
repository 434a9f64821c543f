import { loadConfig } from "../lib/config.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { selectClock } from "../lib/postgres/database/queries/select-clock.ts";
import { withCounterWatch } from "../lib/postgres/notices/counter-watch.ts";
import { readSilenceAfterMs } from "../lib/settings/notices.ts";
import { watchCounters } from "../lib/usecases/notices/watch-counters.ts";

const config = loadConfig({ database: readDatabase, silenceAfterMs: readSilenceAfterMs });
const pool = createPool(config.database, { connectionsMax: 1, statementTimeoutMs: 30_000 });

/** Writes notices to operators of counters whose bill is doubtful; send-limit-notices sends them. */
export const handler = async () => {
  const nowMs = await selectClock(pool);
  const events = await watchCounters(withCounterWatch(pool, config.silenceAfterMs, nowMs));
  for (const { type, ...event } of events) {
    if ("keyId" in event) logger.warn(event, type);
    else logger.warn({ site: event.site, reason: event.reason, series: event.seriesCount }, type);
  }
  logger.info({ events: events.length }, "counters watched");
  return { events: events.length };
};
