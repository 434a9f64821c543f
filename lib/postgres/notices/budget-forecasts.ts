import type { ForecastPorts } from "../../usecases/notices/forecast-budgets.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { Pool } from "../database/pool.ts";
import { runCursor } from "../database/run-cursor.ts";
import { noUsage, readUsage } from "../ledger/usage.ts";
import type { NoticeDetails } from "./notice-rows.ts";
import { insertForecastNotices } from "./queries/insert-forecast-notices.ts";
import { type BudgetRow, selectBudgetsAfter } from "./queries/select-budgets-after.ts";
import { updateForecastsRearmed } from "./queries/update-forecasts-rearmed.ts";
import { upsertForecasts } from "./queries/upsert-forecasts.ts";

// The usage of a page's projects is read in one statement.
const pageSize = 200;

export const forecastPorts = (pool: Pool): ForecastPorts => ({
  ...runCursor(pool, "forecast-budgets"),
  async projectsAfter(projectId, upTo, nowMs) {
    const rows = await selectBudgetsAfter(pool, projectId, upTo, pageSize);
    const ids = rows.map(({ project_id }) => project_id);
    const usage = await readUsage(pool, ids, nowMs);
    return rows.map((row) => ({
      projectId: row.project_id,
      usedCredits: row.used_credits,
      grantedCredits: row.granted_credits,
      noticed: noticedOf(row),
      usage: usage.get(row.project_id) ?? noUsage,
    }));
  },
  write: ({ forecasts, rearmed, ending }, withinDays, nowMs) =>
    inTransaction(pool, async (client) => {
      await upsertForecasts(client, forecasts, nowMs);
      if (rearmed.length > 0) await updateForecastsRearmed(client, rearmed, nowMs);
      if (ending.length === 0) return;
      const details = ending.map(({ earliestMs, expectedMs, latestMs }) => {
        const fields: NoticeDetails = { withinDays, earliestMs, expectedMs, latestMs };
        return JSON.stringify(fields);
      });
      const columns = {
        projectIds: ending.map(({ projectId }) => projectId),
        used: ending.map(({ usedCredits }) => usedCredits),
        granted: ending.map(({ grantedCredits }) => grantedCredits),
        details,
      };
      await insertForecastNotices(client, columns, nowMs);
    }),
});

const noticedOf = ({ notice_id: noticeId, noticed_grant: grantedCredits }: BudgetRow) =>
  noticeId === null || grantedCredits === null ? null : { noticeId, grantedCredits };
