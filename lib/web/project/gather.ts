import { parseCredits } from "../../billing/credits.ts";
import type { DecimalText } from "../../billing/decimal.ts";
import type { Usage } from "../../billing/forecast.ts";
import { dayMs, hourMs } from "../../billing/time.ts";
import { monthsBetween } from "../../usecases/statements/months.ts";
import { costsOfSteps, type Step, usedCurve } from "./costs-of-steps.ts";
import type { CreditRecord, ProjectPage } from "./page-data.ts";
import { pageRange, type WantedRange } from "./page-range.ts";

/** What is read of a project for its page. Times in Unix milliseconds. */
export interface ReadProject {
  readonly projectName: string;
  readonly link: ProjectPage["link"];
  readonly credits: {
    readonly usedCredits: DecimalText;
    readonly grantedCredits: DecimalText | null;
    readonly pendingCredits: DecimalText;
    readonly heldCredits: DecimalText;
  };
  readonly usage: Usage;
  /** All of them, ascending. */
  readonly steps: readonly Step[];
  readonly sites: readonly {
    readonly site: string;
    readonly firstMs: number | null;
    readonly lastMs: number | null;
    readonly silentSinceMs: number | null;
  }[];
  /** Newest first. */
  readonly records: readonly (CreditRecord & {
    readonly hours: { readonly fromMs: number; readonly untilMs: number } | null;
  })[];
  /** By whose calendar months are cut. */
  readonly statementTimezone: string;
  /** In percent, as `50`. */
  readonly thresholds: readonly DecimalText[];
}

const recordsShown = 10;
const monthsShown = 12;

/** The data of the page out of what was read: every figure from the one history that the API gives. */
export function gatherPage(
  read: ReadProject,
  wanted: WantedRange,
  timezone: string,
  nowMs: number,
): ProjectPage {
  const { credits, sites, steps, records } = read;
  const times = (of: "firstMs" | "lastMs") => sites.flatMap((site) => site[of] ?? []);
  const measured = {
    measuredFromMs: times("firstMs").length === 0 ? null : Math.min(...times("firstMs")),
    measuredUntilMs: times("lastMs").length === 0 ? null : Math.max(...times("lastMs")),
  };
  const range = pageRange(wanted, timezone, nowMs);
  const corrected = records.flatMap(({ hours, atMs }) =>
    hours === null ? [] : [{ ...hours, atMs }],
  );
  const grants = records.filter(({ kind }) => kind === "grant").toReversed();
  return {
    projectName: read.projectName,
    link: read.link,
    nowMs,
    timezone,
    measuredUntilMs: measured.measuredUntilMs,
    months: monthsOf(measured.measuredFromMs, read.statementTimezone, nowMs),
    silentSites: sites.flatMap(({ site, silentSinceMs: sinceMs }) =>
      sinceMs === null ? [] : [{ site, sinceMs }],
    ),
    used: parseCredits(credits.usedCredits),
    granted: credits.grantedCredits === null ? null : parseCredits(credits.grantedCredits),
    pending: parseCredits(credits.pendingCredits),
    held: parseCredits(credits.heldCredits),
    usage: read.usage,
    weekBefore: weekBefore(steps, nowMs),
    thresholds: read.thresholds,
    curve: usedCurve(steps, nowMs - 366 * dayMs),
    grants,
    records: records.slice(0, recordsShown),
    range,
    buckets: costsOfSteps(steps, range.edges, { ...measured, corrected }),
  };
}

function monthsOf(fromMs: number | null, timezone: string, nowMs: number): readonly string[] {
  if (fromMs === null || fromMs > nowMs) return [];
  const months = monthsBetween(fromMs, nowMs, timezone).map(({ name }) => name);
  return months.slice(-monthsShown).toReversed();
}

/** What the week before the last one cost; null: the project is younger. */
function weekBefore(steps: readonly Step[], nowMs: number): bigint | null {
  // The burn rate's week ends with the hour that is not over yet.
  const endMs = Math.floor(nowMs / hourMs) * hourMs - (7 * 24 - 1) * hourMs;
  const startMs = endMs - 7 * dayMs;
  const first = steps[0];
  if (first === undefined || first.atMs > startMs) return null;
  const unknown = { measuredFromMs: null, measuredUntilMs: null, corrected: [] };
  // Only what may lie in it: all before counts as one step.
  const index = steps.findLastIndex(({ atMs }) => atMs <= startMs);
  const [bucket] = costsOfSteps(steps.slice(index), [startMs, endMs], unknown);
  return bucket?.credits ?? null;
}
