import { createHash } from "node:crypto";
import type pg from "pg";
import { formatCredits } from "../../billing/credits.ts";
import type { ClosePorts, NamedProject } from "../../usecases/statements/close-statements.ts";
import { closesAtMs, lastDueMonth } from "../../usecases/statements/months.ts";
import {
  type CorrectionLine,
  openStatements,
  type Statement,
} from "../../usecases/statements/statement.ts";
import { type SealedStatement, seal } from "../../usecases/statements/statement-text.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { Pool } from "../database/pool.ts";
import { runCursor } from "../database/run-cursor.ts";
import { lockProjects } from "../ledger/queries/lock-projects.ts";
import { readBooks, statementTimezone } from "./books.ts";
import { insertStatement } from "./queries/insert-statement.ts";
import { insertStatementLines } from "./queries/insert-statement-lines.ts";
import { insertStatementTimezone } from "./queries/insert-statement-timezone.ts";
import { selectStatementProjects } from "./queries/select-statement-projects.ts";

const pageSize = 200;

export interface StatementRules {
  /** Of the installation. */
  readonly timezone: string;
  readonly lateDays: number;
}

/** Statements were closed by another time zone than the one that is configured now. */
export class TimezoneChanged extends Error {
  override readonly name = "TimezoneChanged";
}

export const closePorts = (pool: Pool, rules: StatementRules, nowMs: () => number): ClosePorts => ({
  ...runCursor(pool, "close-statements"),
  async projectsAfter(projectId, upTo, atMs) {
    await keepTimezone(pool, rules.timezone);
    const due = lastDueMonth(atMs, rules.lateDays, rules.timezone);
    const rows = await selectStatementProjects(pool, { projectId, upTo, due, pageSize });
    return rows.map((row) => ({ projectId: row.project_id, projectName: row.project_name }));
  },
  // The lock is that of billers and of adjustments: nothing is booked while the month is summed up.
  close: (project) =>
    inTransaction(pool, async (client) => {
      await lockProjects(client, [project.projectName]);
      return closeProject(client, project, rules, nowMs());
    }),
});

/** Months of two time zones would overlap. */
async function keepTimezone(pool: Pool, timezone: string): Promise<void> {
  await insertStatementTimezone(pool, timezone);
  const kept = await statementTimezone(pool, timezone);
  if (kept === timezone) return;
  throw new TimezoneChanged(
    `STATEMENT_TIMEZONE is ${timezone}, but statements are closed by ${kept}: set it back`,
  );
}

async function closeProject(
  client: pg.ClientBase,
  project: NamedProject,
  { timezone, lateDays }: StatementRules,
  closedMs: number,
): Promise<number> {
  const books = await readBooks(client, project, timezone, closedMs);
  if (books === undefined) return 0;
  const due = openStatements(books).filter(({ month }) => closesAtMs(month, lateDays) <= closedMs);
  let previousSha256 = books.closed.at(-1)?.sha256 ?? null;
  for (const statement of due) {
    const head = { projectName: project.projectName, timezone, closedMs, previousSha256 };
    const sealed = seal(statement, head, hashOf);
    await writeStatement(client, project.projectId, statement, sealed, closedMs);
    previousSha256 = sealed.sha256;
  }
  return due.length;
}

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

async function writeStatement(
  client: pg.ClientBase,
  projectId: number,
  { month, usage, corrections, adjustments, closing }: Statement,
  { text: body, sha256 }: SealedStatement,
  closedMs: number,
): Promise<void> {
  await insertStatement(client, {
    projectId,
    month: month.name,
    closedMs,
    used: formatCredits(closing.used),
    adjustmentIds: adjustments.map(({ id }) => id),
    body,
    sha256,
  });
  const own = usage.map((line): CorrectionLine => ({ ...line, month: month.name }));
  const lines = [...own, ...corrections];
  if (lines.length > 0) await insertStatementLines(client, projectId, month.name, lines);
}
