import {
  CREDITS_SCALE,
  exactNumber,
  formatDecimal,
  PRICE_SCALE,
  parseDecimal,
} from "../billing/decimal.ts";
import { priceAt } from "../billing/estimate.ts";
import type { MetricSettings } from "../tariff-settings.ts";
import { type HttpAnswer, jsonAnswer } from "./answer.ts";
import { Problem } from "./problem.ts";
import { unknownProject } from "./read-requests.ts";

/** A decimal of the database (`8`, `8.500`) as a JSON number with at least one decimal place. */
export const exactCredits = (decimal: string) =>
  exactNumber(formatDecimal(parseDecimal(decimal, CREDITS_SCALE), CREDITS_SCALE));

export interface ProjectCredits {
  /** Decimals as text. */
  readonly used_credits: string;
  readonly granted_credits: string | null;
  readonly pending_credits: string;
}

/** `GET /api/current_credits/{project_name}`: "current" is what the old API calls used credits. */
export function creditsAnswer(
  projectName: string,
  project: ProjectCredits | undefined,
): HttpAnswer {
  if (project === undefined) {
    throw unknownProject(projectName, `No credits found for ${projectName}.`);
  }
  return jsonAnswer(200, {
    current_credits: exactCredits(project.used_credits),
    granted_credits:
      project.granted_credits === null ? null : exactCredits(project.granted_credits),
    pending_credits: exactCredits(project.pending_credits),
  });
}

export interface CreditStep {
  /** `YYYY-MM-DD HH:MM:SS` in UTC. */
  readonly at: string;
  readonly metric: string;
  /** Used credits after the step, a decimal as text. */
  readonly credits: string;
}

/** `GET /api/credits_history/{project_name}`: three arrays of equal length. */
export function historyAnswer(steps: readonly CreditStep[]): HttpAnswer {
  if (steps.length === 0) {
    const detail = "No data available for given parameters.";
    throw new Problem(404, "history-empty", detail, {
      extra: {
        errors: [{ at: "project_name, start_date, end_date", code: "history-empty", detail }],
      },
    });
  }
  return jsonAnswer(200, {
    timestamps: steps.map(({ at }) => at),
    credits: steps.map((step) => exactCredits(step.credits)),
    metrics: steps.map(({ metric }) => metric),
  });
}

/** `GET /api/metrics`: the price now in force of every billed metric. */
export function metricsAnswer(metrics: MetricSettings, nowMs: number): HttpAnswer {
  const prices = [...metrics].map(([metric, { tariff }]) => [
    metric,
    exactNumber(formatDecimal(priceAt(tariff, nowMs), PRICE_SCALE)),
  ]);
  return jsonAnswer(200, Object.fromEntries(prices));
}
