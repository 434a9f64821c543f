import { exactCredits, formatCredits, parseCredits } from "../../billing/credits.ts";
import { exactNumber, formatDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import { instantText, zoneOffset } from "../reading/calendar.ts";
import type { Balance, Statement, StatementLine } from "./statement.ts";

/** What a statement says besides its amounts. */
export interface StatementHead {
  readonly projectName: string;
  readonly timezone: string;
  /** null: it is open. */
  readonly closedMs: number | null;
  /** Of the month before; null: there is no closed one. */
  readonly previousSha256: string | null;
}

/** A closed statement as it is kept and handed out, with the hash of its text without the hash. */
export interface SealedStatement {
  readonly text: string;
  readonly sha256: string;
}

/** SHA-256 of a text in UTF-8, as 64 hexadecimal digits. */
export type HashText = (text: string) => string;

/** The hash stands last, so that what was hashed is the text without it. */
export function seal(statement: Statement, head: StatementHead, hashOf: HashText): SealedStatement {
  const body = JSON.stringify(statementJson(statement, head));
  const sha256 = hashOf(body);
  return { text: `${body.slice(0, -1)},"sha256":"${sha256}"}`, sha256 };
}

/** A statement that is still open. */
export const openText = (statement: Statement, head: StatementHead): string =>
  JSON.stringify({ ...statementJson(statement, head), sha256: null });

function statementJson(statement: Statement, head: StatementHead): object {
  const { month, opening, usage, corrections, adjustments, grants, closing, coverage } = statement;
  const offset = zoneOffset(head.timezone);
  const instant = (ms: number) => instantText(ms, offset);
  const { closedMs } = head;
  return {
    project_name: head.projectName,
    month: month.name,
    timezone: head.timezone,
    from: instant(month.startMs),
    until: instant(month.endMs),
    state: closedMs === null ? "open" : "closed",
    closed_at: closedMs === null ? null : instant(closedMs),
    previous_sha256: head.previousSha256,
    coverage,
    opening: balanceJson(opening),
    usage: byMetric(usage),
    corrections: corrections.map(({ month: ofMonth, ...line }) => ({
      month: ofMonth,
      metric: line.metric,
      unit: line.unit || null,
      site: line.site,
      ...amounts(line),
    })),
    adjustments: adjustments.map(({ atMs, credits, reason, actor }) => ({
      at: instant(atMs),
      credits: exact(credits),
      reason,
      actor,
    })),
    grants: grants.map(({ atMs, granted, reason, actor }) => ({
      at: instant(atMs),
      granted_credits: exactCredits(granted),
      reason,
      actor,
    })),
    closing: { ...balanceJson(closing), remaining: remaining(closing) },
  };
}

const byMetric = (lines: readonly StatementLine[]) =>
  [...Map.groupBy(lines, ({ metric }) => metric)].map(([metric, own]) => ({
    metric,
    unit: own[0]?.unit || null,
    ...amounts({
      usage: own.reduce((sum, { usage }) => sum + usage, 0n),
      credits: own.reduce((sum, { credits }) => sum + credits, 0n),
    }),
    by_site: own.map((line) => ({ site: line.site, ...amounts(line) })),
  }));

const amounts = ({ usage, credits }: Pick<StatementLine, "usage" | "credits">) => ({
  usage: exactNumber(formatDecimal(usage, VALUE_SCALE)),
  credits: exact(credits),
});

const exact = (credits: bigint): object => exactNumber(formatCredits(credits));

const balanceJson = ({ used, granted }: Balance) => ({
  used: exact(used),
  granted: granted === null ? null : exactCredits(granted),
});

const remaining = ({ used, granted }: Balance) =>
  granted === null ? null : exact(parseCredits(granted) - used);
