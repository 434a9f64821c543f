import { exactCredits, formatCredits, parseCredits } from "../billing/credits.ts";
import { exactNumber } from "../billing/decimal.ts";
import { remedyOf } from "../usecases/notices/doubt-details.ts";
import type {
  DoubtNotice,
  ForecastNotice,
  LimitNotice,
  Notice,
  SeriesNotice,
  SiteNotice,
} from "../usecases/notices/notice.ts";

/** The body of a notice: made of nothing else, so that its bytes are the same at every try. */
export const payloadOf = (notice: Notice): string =>
  JSON.stringify({ type: notice.type, timestamp: instant(notice.atMs), data: dataOf(notice) });

/** The fields of the notice in the API's notation: snake_case, exact numbers, RFC 3339 in UTC. */
function dataOf(notice: Notice): object {
  switch (notice.type) {
    case "limit.reached":
      return limitData(notice);
    case "budget.ending":
      return forecastData(notice);
    case "site.silent":
    case "site.reporting":
      return siteData(notice);
    case "series.silent":
    case "series.reporting":
      return seriesData(notice);
    case "series.doubtful":
    case "series.settled":
      return doubtData(notice);
    case "key.limited":
      return {
        key: notice.keyId,
        series_count: notice.seriesCount,
        hour: instant(notice.hourMs),
      };
  }
}

const limitData = ({ projectName, threshold, usedCredits, grantedCredits, page }: LimitNotice) => ({
  project_name: projectName,
  ...(page === undefined ? {} : { page }),
  threshold: exactCredits(threshold),
  used_credits: exactCredits(usedCredits),
  granted_credits: exactCredits(grantedCredits),
  exceeded_by: excess(usedCredits, grantedCredits),
});

const forecastData = (notice: ForecastNotice) => ({
  project_name: notice.projectName,
  ...(notice.page === undefined ? {} : { page: notice.page }),
  used_credits: exactCredits(notice.usedCredits),
  granted_credits: exactCredits(notice.grantedCredits),
  within_days: notice.withinDays,
  earliest: instant(notice.earliestMs),
  expected: instant(notice.expectedMs),
  latest: notice.latestMs === null ? null : instant(notice.latestMs),
});

const siteData = ({ site, silentSinceMs, seriesCount }: SiteNotice) => ({
  site,
  silent_since: instant(silentSinceMs),
  series_count: seriesCount,
});

const seriesData = ({ site, seriesCount, series }: SeriesNotice) => ({
  site,
  series_count: seriesCount,
  series: series.map(({ projectName, metric, resource, silentSinceMs }) => ({
    project_name: projectName,
    metric,
    resource,
    silent_since: instant(silentSinceMs),
  })),
});

const doubtData = ({ site, reason, seriesCount, doubtful }: DoubtNotice) => ({
  site,
  reason,
  remedy: remedyOf[reason],
  series_count: seriesCount,
  series: doubtful.map(({ projectName, metric, resource, detail }) => ({
    project_name: projectName,
    metric,
    resource,
    detail,
  })),
});

/** By how much more is used than granted; 0.0 where it is not. */
function excess(used: string, granted: string) {
  const difference = parseCredits(used) - parseCredits(granted);
  return exactNumber(formatCredits(difference > 0n ? difference : 0n));
}

const instant = (ms: number) => new Date(ms).toISOString();
