import type pg from "pg";
import type { SiteEvent, Watch, WithWatch } from "../../usecases/notices/watch-sites.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { Pool } from "../database/pool.ts";
import { lockAdvisory } from "../database/queries/lock-advisory.ts";
import type { NoticeDetails } from "./notice-rows.ts";
import { deleteEndedAcknowledgements } from "./queries/delete-ended-acknowledgements.ts";
import { deleteSilentSeries } from "./queries/delete-silent-series.ts";
import { insertSilentSeries } from "./queries/insert-silent-series.ts";
import { insertSiteNotices } from "./queries/insert-site-notices.ts";
import { replaceSites } from "./queries/replace-sites.ts";
import { selectSiteActivity } from "./queries/select-site-activity.ts";
import { selectSites } from "./queries/select-sites.ts";
import type { SilentSeriesRow } from "./queries/silent-series-columns.ts";

/** The watch of sites and series, in one transaction. */
export const withWatch =
  (pool: Pool, nowMs: number): WithWatch =>
  (work) =>
    inTransaction(pool, async (client) => {
      await lockAdvisory(client, "siteWatch");
      return work(watchOf(client, nowMs));
    });

const watchOf = (client: pg.ClientBase, nowMs: number): Watch => ({
  endAcknowledgements: () => deleteEndedAcknowledgements(client),
  async activity(untilMs) {
    const rows = await selectSiteActivity(client, untilMs);
    return rows.map(({ site, last_ms: lastMs, series_count: seriesCount }) => ({
      site,
      lastMs,
      seriesCount,
    }));
  },
  async knownSites() {
    const rows = await selectSites(client);
    return rows.map((row) => ({
      site: row.site,
      silentSinceMs: row.silent_since_ms,
      reportsSinceMs: row.reports_since_ms,
    }));
  },
  seriesFallenSilent: async (sites, span) =>
    (await insertSilentSeries(client, sites, span)).map(toSilentSeries),
  seriesReportingAgain: async (span) =>
    (await deleteSilentSeries(client, span)).map(toSilentSeries),
  keepSites: (sites) =>
    replaceSites(client, {
      sites: sites.map(({ site }) => site),
      silentSinceMs: sites.map(({ silentSinceMs }) => silentSinceMs),
      reportsSinceMs: sites.map(({ reportsSinceMs }) => reportsSinceMs),
    }),
  writeNotices: (events) =>
    insertSiteNotices(
      client,
      events.map(({ type }) => type),
      events.map(toDetails),
      nowMs,
    ),
});

const toSilentSeries = (row: SilentSeriesRow) => ({
  site: row.site,
  projectName: row.project_name,
  metric: row.metric,
  resource: row.resource,
  silentSinceMs: row.silent_since_ms,
});

function toDetails({ type: _type, ...details }: SiteEvent): string {
  return JSON.stringify(details satisfies NoticeDetails);
}
