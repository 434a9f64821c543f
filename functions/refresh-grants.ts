import type { Context } from "aws-lambda";
import { loadConfig } from "../lib/config.ts";
import { logger } from "../lib/logger.ts";
import { openGrantSource } from "../lib/portal/granted-credits.ts";
import { readPortalGrantSettings } from "../lib/portal/portal-settings.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { refreshPorts } from "../lib/postgres/grants/portal-grants.ts";
import { stopWithTimeLeft } from "../lib/schedule.ts";
import { refreshGrants } from "../lib/usecases/grants/refresh-grants.ts";

const config = loadConfig({ database: readDatabase, portal: readPortalGrantSettings });
const limits = { connectionsMax: 1, statementTimeoutMs: 15_000 };
const ports = refreshPorts(createPool(config.database, limits));
// For the questions that are under way when the time is up, tried twice, and for booking the answers.
const spareMs = 40_000;

/** Goes on at the next run where the time was not enough. */
export const handler = async (_event: unknown, context: Context) => {
  if (config.portal === undefined) {
    logger.info("API_CONTACT_BASE_URL is not set: the portal is not asked for granted credits");
    return null;
  }
  using source = openGrantSource(config.portal);
  const shouldStop = stopWithTimeLeft(context, spareMs);
  const refresh = await refreshGrants({ ...ports, ...source }, shouldStop);
  if (refresh.isPortalAway) logger.error(refresh, "the portal is away: granted credits stay");
  else if (refresh.failed > 0) logger.warn(refresh, "some granted credits were not refreshed");
  else logger.info(refresh, "granted credits refreshed");
  return refresh;
};
