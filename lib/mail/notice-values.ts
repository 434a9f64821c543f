import { formatCredits, parseCredits } from "../billing/credits.ts";
import { roundHalfEvenToStep } from "../billing/decimal.ts";
import { remedyOf } from "../usecases/notices/doubt-details.ts";
import type { DoubtNotice, Notice, NoticeType, SeriesNotice } from "../usecases/notices/notice.ts";

/** Name of a placeholder → its value; a list is a value of several lines. */
export type NoticeValues = Readonly<Record<string, string | readonly string[]>>;

const ofAll = ["id", "at"];
const ofProject = [
  ...ofAll,
  "project_name",
  "used_credits",
  "granted_credits",
  "page",
  "page_line",
];
const ofSite = [...ofAll, "site", "series_count", "silent_since"];
const ofDoubt = [...ofAll, "site", "series_count", "series", "reason", "remedy"];
const ofSeries = [...ofAll, "site", "series_count", "series"];

/** The placeholders that templates of a type may use. */
export const placeholders: Readonly<Record<NoticeType, readonly string[]>> = {
  "limit.reached": [
    ...ofProject,
    "threshold",
    "percent_left",
    "credits_left",
    "exceeded_by",
    "balance",
  ],
  "budget.ending": [...ofProject, "within_days", "earliest", "expected", "latest"],
  "site.silent": ofSite,
  "site.reporting": ofSite,
  "series.silent": ofSeries,
  "series.reporting": ofSeries,
  "series.doubtful": ofDoubt,
  "series.settled": ofDoubt,
  "key.limited": [...ofAll, "key", "series_count", "hour"],
};
/** The one that is a list: it has no place in a subject. */
export const listPlaceholder = "series";

/** Every placeholder of the notice's type, as people read it: rounded amounts, times in UTC. */
export function valuesOf(notice: Notice): NoticeValues {
  return { id: notice.id, at: minute(notice.atMs), ...valuesByType(notice) };
}

function valuesByType(notice: Notice): NoticeValues {
  switch (notice.type) {
    case "limit.reached": {
      const [used, granted] = [
        parseCredits(notice.usedCredits),
        parseCredits(notice.grantedCredits),
      ];
      const threshold = parseCredits(notice.threshold);
      const [left, exceeded] = [rounded(granted - used), rounded(used - granted)];
      const isExceeded = parseCredits(exceeded) > 0n;
      return {
        ...creditsValues(notice),
        threshold: percent(threshold),
        // As of the threshold, as in the service before; beyond the grant nothing is left.
        percent_left: percent(notNegative(parseCredits("100") - threshold)),
        credits_left: isExceeded ? "0.0" : left,
        exceeded_by: isExceeded ? exceeded : "0.0",
        balance: isExceeded
          ? `The grant is exceeded by ${exceeded} credits`
          : `${left} credits are left`,
      };
    }
    case "budget.ending":
      return {
        ...creditsValues(notice),
        within_days: String(notice.withinDays),
        earliest: day(notice.earliestMs),
        expected: day(notice.expectedMs),
        latest: notice.latestMs === null ? "an unknown day" : day(notice.latestMs),
      };
    case "site.silent":
    case "site.reporting":
      return {
        site: siteName(notice.site),
        series_count: String(notice.seriesCount),
        silent_since: minute(notice.silentSinceMs),
      };
    case "series.silent":
    case "series.reporting":
      return {
        site: siteName(notice.site),
        series_count: String(notice.seriesCount),
        series: seriesLines(notice),
      };
    case "series.doubtful":
    case "series.settled":
      return {
        site: siteName(notice.site),
        series_count: String(notice.seriesCount),
        series: doubtLines(notice),
        reason: notice.reason,
        remedy: remedyOf[notice.reason],
      };
    case "key.limited":
      return {
        key: notice.keyId,
        series_count: String(notice.seriesCount),
        hour: minute(notice.hourMs),
      };
  }
}

interface CreditsNotice {
  readonly projectName: string;
  readonly page?: string;
  readonly usedCredits: string;
  readonly grantedCredits: string;
}

const creditsValues = ({ projectName, usedCredits, grantedCredits, page }: CreditsNotice) => ({
  page: page ?? "",
  page_line: page === undefined ? "" : `What it was spent on, and when it is gone: ${page}`,
  project_name: projectName,
  used_credits: rounded(parseCredits(usedCredits)),
  granted_credits: rounded(parseCredits(grantedCredits)),
});

function seriesLines(notice: SeriesNotice): readonly string[] {
  const { series, seriesCount } = notice;
  const lines = series.map(
    ({ projectName, metric, resource, silentSinceMs }) =>
      `${[projectName, metric, resource].filter(Boolean).join(", ")}: ${silence(silentSinceMs, notice)}`,
  );
  const more = seriesCount - series.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

function doubtLines({ doubtful, seriesCount }: DoubtNotice): readonly string[] {
  const lines = doubtful.map(
    ({ projectName, metric, resource, detail }) =>
      `${[projectName, metric, resource].filter(Boolean).join(", ")}: ${detail}`,
  );
  const more = seriesCount - doubtful.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

function silence(silentSinceMs: number, { type, atMs }: SeriesNotice): string {
  if (silentSinceMs <= atMs) return `since ${minute(silentSinceMs)}`;
  const ahead = `its last measurement, of ${minute(silentSinceMs)}, lay ahead of the clock`;
  return type === "series.silent"
    ? `${ahead} and would hide its silence until then: npm run discard takes it away`
    : ahead;
}

const siteName = (site: string) => site || "without a name";
const notNegative = (value: bigint) => (value < 0n ? 0n : value);
const hundredth = parseCredits("0.01");
const rounded = (value: bigint) => formatCredits(roundHalfEvenToStep(value, hundredth));
const percent = (value: bigint) => formatCredits(value).replace(/\.0$/, "");
const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const minute = (ms: number) => `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
