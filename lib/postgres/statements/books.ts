import { parseCredits } from "../../billing/credits.ts";
import { parseDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { LedgerCosts } from "../../usecases/reading/cost-buckets.ts";
import { type Month, monthsBetween } from "../../usecases/statements/months.ts";
import type { Books, Closed, CorrectionLine } from "../../usecases/statements/statement.ts";
import type { Queryable } from "../database/pool.ts";
import { selectSetting } from "../database/queries/select-setting.ts";
import { readCosts } from "../reading/hourly-costs.ts";
import { selectProjectAdjustments } from "./queries/select-project-adjustments.ts";
import { selectProjectGrants } from "./queries/select-project-grants.ts";
import { type StatementLineRow, selectStatementLines } from "./queries/select-statement-lines.ts";
import { selectStatements } from "./queries/select-statements.ts";

/** A closed statement, and its hash. */
export interface ClosedStatement extends Closed {
  readonly sha256: string;
}

export interface ProjectBooks extends Books {
  readonly closed: readonly ClosedStatement[];
  readonly timezone: string;
}

/** The time zone by which statements are cut: that of those that are closed, else the configured one. */
export async function statementTimezone(client: Queryable, configured: string): Promise<string> {
  const kept = await selectSetting(client, "statement-timezone");
  return typeof kept === "string" ? kept : configured;
}

/** All that the statements of a project are made of, up to the month of an instant; undefined: no such project. */
export async function readBooks(
  client: Queryable,
  { projectId, projectName }: { readonly projectId: number; readonly projectName: string },
  configuredTimezone: string,
  untilMs: number,
): Promise<ProjectBooks | undefined> {
  const timezone = await statementTimezone(client, configuredTimezone);
  const asked = { projectName, metric: null, site: null, bySite: true, byResource: false };
  // Nothing was measured before 1970; how far the months reach is found with the costs.
  const costs = await readCosts(client, { ...asked, fromMs: 0, untilMs: lastMsOf(untilMs) });
  if (costs === undefined) return undefined;
  const adjustments = (await selectProjectAdjustments(client, projectId)).map((row) => ({
    id: row.adjustment_id,
    atMs: row.at_ms,
    credits: parseCredits(row.credits),
    reason: row.reason,
    actor: row.actor,
  }));
  const grants = (await selectProjectGrants(client, projectId)).map((row) => ({
    atMs: row.at_ms,
    granted: row.granted_credits,
    reason: row.reason,
    actor: row.actor,
  }));
  const months = monthsOf(costs, [...adjustments, ...grants], timezone, untilMs);
  const closed = await readClosed(client, projectId);
  return { months, costs, adjustments, grants, closed, timezone };
}

/** A month lasts 31 days at most, so this is behind its end in every zone. */
const lastMsOf = (ms: number): number => ms + 33 * 86_400_000;

function monthsOf(
  { measuredFromMs }: LedgerCosts,
  booked: readonly { readonly atMs: number }[],
  timezone: string,
  untilMs: number,
): readonly Month[] {
  const firstMs = Math.min(
    measuredFromMs ?? Number.POSITIVE_INFINITY,
    ...booked.map(({ atMs }) => atMs),
  );
  return firstMs <= untilMs ? monthsBetween(firstMs, untilMs, timezone) : [];
}

async function readClosed(
  client: Queryable,
  projectId: number,
): Promise<readonly ClosedStatement[]> {
  const rows = await selectStatements(client, projectId);
  if (rows.length === 0) return [];
  const lines = Map.groupBy(await selectStatementLines(client, projectId), (row) => row.month);
  return rows.map((row) => ({
    month: row.month,
    used: parseCredits(row.used_credits),
    adjustmentIds: row.adjustment_ids,
    sha256: row.sha256,
    lines: (lines.get(row.month) ?? []).map(toLine),
  }));
}

const toLine = (row: StatementLineRow): CorrectionLine => ({
  month: row.used_in,
  metric: row.metric,
  unit: row.unit,
  site: row.site,
  usage: parseDecimal(row.usage, VALUE_SCALE),
  credits: parseCredits(row.credits),
});
