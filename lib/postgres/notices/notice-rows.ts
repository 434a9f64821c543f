import type { DecimalText } from "../../billing/decimal.ts";
import type {
  DoubtfulSeries,
  DoubtKind,
  Notice,
  NoticeType,
  PageOf,
  SilentSeries,
} from "../../usecases/notices/notice.ts";

export interface NoticeRow {
  /** A bigint as text. */
  readonly notice_id: string;
  readonly public_id: string;
  readonly type: NoticeType;
  readonly project_name: string | null;
  readonly link_generation: number | null;
  readonly threshold: DecimalText | null;
  readonly used_credits: DecimalText | null;
  readonly granted_credits: DecimalText | null;
  readonly details: NoticeDetails | null;
  readonly at_ms: number;
}

/** The fields of a notice that have no column. Times are Unix milliseconds. */
export interface NoticeDetails {
  readonly withinDays?: number;
  readonly earliestMs?: number;
  readonly expectedMs?: number;
  readonly latestMs?: number | null;
  readonly site?: string;
  readonly silentSinceMs?: number;
  readonly seriesCount?: number;
  readonly series?: readonly SilentSeries[];
  readonly reason?: DoubtKind;
  readonly doubtful?: readonly DoubtfulSeries[];
  readonly keyId?: string;
  readonly hourMs?: number;
}

/** The row lacks a field of its notice: its project was deleted by hand, or a newer version wrote it. */
export class NoticeUnreadable extends Error {
  override readonly name = "NoticeUnreadable";
}

/** The notice that a row holds. Throws `NoticeUnreadable`. */
export function toNotice(row: NoticeRow, pageOf?: PageOf): Notice {
  const { type, details } = row;
  const base = { id: row.public_id, atMs: row.at_ms };
  const required = <Value>(value: Value | null | undefined, name: string): Value => {
    if (value !== null && value !== undefined) return value;
    throw new NoticeUnreadable(`The notice has no ${name}`);
  };
  const budget = () => ({
    ...base,
    projectName: required(row.project_name, "project"),
    ...pageOfRow(row, pageOf),
    usedCredits: required(row.used_credits, "used credits"),
    grantedCredits: required(row.granted_credits, "granted credits"),
  });
  const site = () => ({
    ...base,
    site: required(details?.site, "site"),
    seriesCount: required(details?.seriesCount, "count"),
  });
  switch (type) {
    case "limit.reached":
      return { ...budget(), type, threshold: required(row.threshold, "threshold") };
    case "budget.ending":
      return {
        ...budget(),
        type,
        withinDays: required(details?.withinDays, "days"),
        earliestMs: required(details?.earliestMs, "earliest end"),
        expectedMs: required(details?.expectedMs, "expected end"),
        latestMs: details?.latestMs ?? null,
      };
    case "site.silent":
    case "site.reporting":
      return { ...site(), type, silentSinceMs: required(details?.silentSinceMs, "last time") };
    case "series.silent":
    case "series.reporting":
      return { ...site(), type, series: required(details?.series, "series") };
    case "series.doubtful":
    case "series.settled":
      return {
        ...site(),
        type,
        reason: required(details?.reason, "reason"),
        doubtful: required(details?.doubtful, "series"),
      };
    case "key.limited":
      return {
        ...base,
        type,
        keyId: required(details?.keyId, "key"),
        seriesCount: required(details?.seriesCount, "count"),
        hourMs: required(details?.hourMs, "hour"),
      };
    default:
      throw new NoticeUnreadable(`A notice of type ${type satisfies never} is not known`);
  }
}

function pageOfRow(
  { project_name: projectName, link_generation: linkGeneration, at_ms: atMs }: NoticeRow,
  pageOf: PageOf | undefined,
): { readonly page?: string } {
  if (projectName === null || linkGeneration === null) return {};
  const page = pageOf?.({ projectName, linkGeneration, atMs });
  return page === undefined ? {} : { page };
}
