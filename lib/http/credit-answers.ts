import {
  CREDITS_SCALE,
  exactNumber,
  formatDecimal,
  PRICE_SCALE,
  parseDecimal,
} from "../billing/decimal.ts";
import { burnRates, forecastEnd, RATE_SCALE, roundRate, type Usage } from "../billing/forecast.ts";
import { priceAt } from "../billing/tariff.ts";
import type { MetricSettings } from "../settings/metrics.ts";
import { unknownProject } from "./read-requests.ts";
import { type HttpAnswer, jsonAnswer } from "./stack/answer.ts";
import { Problem } from "./stack/problem.ts";

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
export function creditsAnswer(project: ProjectCredits, usage: Usage, nowMs: number): HttpAnswer {
  return jsonAnswer(200, {
    current_credits: exactCredits(project.used_credits),
    granted_credits:
      project.granted_credits === null ? null : exactCredits(project.granted_credits),
    pending_credits: exactCredits(project.pending_credits),
    ...forecast(project, usage, nowMs),
  });
}

export const creditsUnknown = (projectName: string): Problem =>
  unknownProject(projectName, `No credits found for ${projectName}.`);

/** Credits per hour in the last day, week and month, and when the budget ends if it goes on like that. */
function forecast(project: ProjectCredits, usage: Usage, nowMs: number) {
  const rates = burnRates(usage, nowMs);
  const rate = (credits: bigint) => exactNumber(formatDecimal(roundRate(credits), RATE_SCALE));
  const granted = project.granted_credits;
  const remaining =
    granted === null
      ? 0n
      : parseDecimal(granted, CREDITS_SCALE) - parseDecimal(project.used_credits, CREDITS_SCALE);
  const end = forecastEnd(usage, remaining, nowMs);
  return {
    burn_rates: { day: rate(rates.day), week: rate(rates.week), month: rate(rates.month) },
    budget_ends: end && {
      earliest: dateText(end.earliestMs),
      expected: dateText(end.expectedMs),
      latest: dateText(end.latestMs),
    },
  };
}

/** `YYYY-MM-DD HH:MM:SS` in UTC, as all dates of this API. */
const dateText = (ms: number | null): string | null =>
  ms === null ? null : new Date(ms).toISOString().slice(0, 19).replace("T", " ");

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
