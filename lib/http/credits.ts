import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { exactCredits, parseCredits } from "../billing/credits.ts";
import { type DecimalText, exactNumber, formatDecimal } from "../billing/decimal.ts";
import { burnRates, forecastEnd, RATE_SCALE, roundRate, type Usage } from "../billing/forecast.ts";
import { pointsMin } from "../usecases/reading/thin-steps.ts";
import { readWholeNumber } from "./parameters.ts";
import { type HttpAnswer, jsonAnswer, jsonTextAnswer } from "./stack/answer.ts";
import { type Problem, parameterProblem, problem } from "./stack/problem.ts";
import { projectNameOf } from "./stack/project-name.ts";
import type { FreshnessOf } from "./stack/unchanged.ts";

/** The project of the request; throws a 400 problem where it names none. */
export function readProjectName(event: APIGatewayProxyEventV2): string {
  const name = projectNameOf(event);
  if (name.trim() === "") throw parameterProblem("project_name", "No project_name provided");
  // PostgreSQL cannot store NUL, so no project has this name.
  if (name.includes("\0")) throw projectUnknown(name);
  return name;
}

export const projectUnknown = (name: string): Problem =>
  problem("project-unknown", "project_name", `No credits found for ${name}.`);

export interface ProjectCredits {
  readonly usedCredits: DecimalText;
  /** null: not known yet. */
  readonly grantedCredits: DecimalText | null;
  readonly pendingCredits: DecimalText;
  /** Of increases that wait for a decision. */
  readonly heldCredits: DecimalText;
}

/** `GET /api/current_credits/{project_name}`: the old API calls used credits "current". */
export function creditsAnswer(project: ProjectCredits, usage: Usage, nowMs: number): HttpAnswer {
  const { usedCredits, grantedCredits, pendingCredits, heldCredits } = project;
  return jsonAnswer(200, {
    current_credits: exactCredits(usedCredits),
    granted_credits: grantedCredits === null ? null : exactCredits(grantedCredits),
    pending_credits: exactCredits(pendingCredits),
    held_credits: exactCredits(heldCredits),
    ...forecast(project, usage, nowMs),
  });
}

/** The rates and the forecast move with the clock. */
export const creditsFreshness: FreshnessOf = () => ({ clock: "hour", untilMs: null });

/** Credits per hour in the last day, week and month, and when the budget ends if it goes on like that. */
function forecast({ usedCredits, grantedCredits }: ProjectCredits, usage: Usage, nowMs: number) {
  const rates = burnRates(usage, nowMs);
  const rate = (credits: bigint) => exactNumber(formatDecimal(roundRate(credits), RATE_SCALE));
  const remaining =
    grantedCredits === null ? 0n : parseCredits(grantedCredits) - parseCredits(usedCredits);
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

/** `YYYY-MM-DD HH:MM:SS` in UTC, as this API writes all dates. */
const dateText = (ms: number | null): string | null =>
  ms === null ? null : new Date(ms).toISOString().slice(0, 19).replace("T", " ");

export interface DateRange {
  /** `YYYY-MM-DD HH:MM:SS` in UTC; null: open. */
  readonly from: string | null;
  readonly to: string | null;
}

/** `start_date` and `end_date`, both optional; throws a 400 problem. */
export function readDateRange({ queryStringParameters = {} }: APIGatewayProxyEventV2): DateRange {
  const from = readDate("start_date", queryStringParameters["start_date"]);
  const to = readDate("end_date", queryStringParameters["end_date"]);
  if (from !== null && to !== null && to <= from) {
    throw parameterProblem("end_date", "Start date must be older than end date.");
  }
  return { from, to };
}

const datePattern = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

function readDate(name: string, text: string | undefined): string | null {
  if (text === undefined || text === "") return null;
  const ms = datePattern.test(text) ? Date.parse(`${text.replace(" ", "T")}Z`) : Number.NaN;
  // A day that the month does not have would roll over into the next one; PostgreSQL has no year 0.
  const isDate = text >= "0001" && !Number.isNaN(ms) && dateText(ms) === text;
  if (isDate) return text;
  throw parameterProblem(name, `Could not parse ${name}: write it as YYYY-MM-DD HH:MM:SS, in UTC`);
}

/** A history is of what was billed, whatever the clock says. */
export const historyFreshness: FreshnessOf = (event) => {
  const { to } = readDateRange(event);
  return { clock: null, untilMs: to === null ? null : Date.parse(`${to.replace(" ", "T")}Z`) };
};

/** The most points that an answer has, also where the request asks for no number. */
export const pointsMax = 10_000;

/** `points`: how many steps the answer may have, those that show the curve's shape; throws a 400 problem. */
export function readPoints({ queryStringParameters = {} }: APIGatewayProxyEventV2): number {
  const text = queryStringParameters["points"] || String(pointsMax);
  return readWholeNumber("points", text, pointsMin, pointsMax);
}

export interface CreditStep {
  /** `YYYY-MM-DD HH:MM:SS` in UTC. */
  readonly at: string;
  readonly metric: string;
  /** Used credits after the step, as `formatCredits` writes them. */
  readonly credits: DecimalText;
}

export interface CreditHistory {
  readonly steps: readonly CreditStep[];
  /** How many there were before they were thinned. */
  readonly stepsInRange: number;
}

/** `GET /api/credits_history/{project_name}`: three arrays of equal length. */
export function historyAnswer({ steps, stepsInRange }: CreditHistory): HttpAnswer {
  if (steps.length === 0) {
    const at = "project_name, start_date, end_date";
    throw problem("history-empty", at, "No data available for given parameters.");
  }
  const timestamps = JSON.stringify(steps.map(({ at }) => at));
  // A plain decimal is JSON: an object for each of thousands, as exactNumber makes, takes ten times as long.
  const credits = `[${steps.map((step) => step.credits).join(",")}]`;
  const metrics = JSON.stringify(steps.map(({ metric }) => metric));
  const body = `{"timestamps":${timestamps},"credits":${credits},"metrics":${metrics}}`;
  const headers = {
    "x-credits-points": String(stepsInRange),
    ...(steps.length < stepsInRange && { "x-credits-thinned": String(steps.length) }),
  };
  return jsonTextAnswer(200, body, headers);
}
