import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { formatCredits } from "../billing/credits.ts";
import { exactNumber, formatDecimal, PRICE_SCALE, VALUE_SCALE } from "../billing/decimal.ts";
import type { ExplainedPart } from "../billing/explain.ts";
import { calculationOf } from "../billing/explain-calculation.ts";
import type { HeldIncrease } from "../billing/held-increases.ts";
import type { HourCost } from "../billing/hourly-costs.ts";
import type { Sample } from "../billing/sample.ts";
import type { TariffPeriod } from "../billing/tariff.ts";
import { hourMs, hourOf } from "../billing/time.ts";
import type { SeriesScope } from "../usecases/ledger/stored-series.ts";
import { exactUtcText, utcText } from "../usecases/reading/calendar.ts";
import type {
  ExplainedProjectHour,
  ExplainedSeries,
  HourAdjustment,
  HourCorrection,
  HourDecision,
} from "../usecases/reading/explain-hour.ts";
import { readName } from "./parameters.ts";
import { readInstantWithin, readTimezone } from "./range-query.ts";
import { type HttpAnswer, jsonAnswer } from "./stack/answer.ts";
import { parameterProblem } from "./stack/problem.ts";
import type { FreshnessOf } from "./stack/unchanged.ts";

/** What `GET /api/explain/{project_name}` asks for. */
export interface HourQuestion {
  /** The start of the UTC hour, Unix milliseconds. */
  readonly hour: number;
  readonly scope: SeriesScope;
  /** Of a page. */
  readonly timezone: string;
}

/** The query; throws a 400 problem that says what to change. */
export function readHourQuestion(
  { queryStringParameters: query = {} }: APIGatewayProxyEventV2,
  projectName: string,
): HourQuestion {
  const instant = readInstantWithin(query["hour"] ?? "");
  if (instant === undefined) {
    const rule = "hour must be an instant such as 2026-11-23T09:00:00Z (a + is written %2B)";
    throw parameterProblem("hour", rule);
  }
  const scope = {
    projectName,
    metric: readName("metric", query),
    site: readName("site", query),
    resource: readName("resource", query),
  };
  return { hour: hourOf(instant), scope, timezone: readTimezone(query) };
}

/** An hour changes with the ledger, whatever the clock says; `parts` is what its page is made of besides. */
export const hourFreshness =
  (parts: readonly string[]): FreshnessOf =>
  (event) => ({ clock: null, untilMs: readHourQuestion(event, "").hour + hourMs, parts });

/** `GET /api/explain/{project_name}`: the series of the hour, and what each of their credits comes from. */
export const explainedAnswer = (
  { series, adjustments }: ExplainedProjectHour,
  { hour }: HourQuestion,
): HttpAnswer =>
  jsonAnswer(200, {
    hour: utcText(hour),
    credits: exact(series.reduce((sum, { billed }) => sum + billed.credits, 0n)),
    series: series.map(seriesOf),
    adjustments: adjustments.map(adjustmentOf),
  });

const seriesOf = (one: ExplainedSeries) => ({
  metric: one.metric,
  site: one.site,
  resource: one.resource,
  unit: one.unit || null,
  ...costOf(one.billed),
  measurements: one.measurements,
  parts: one.parts.map(partOf),
  sum: one.measurements === "kept" ? costOf(sumOf(one.parts)) : null,
  pending_credits: exact(one.pendingCredits),
  held: one.held.map(heldOf),
  corrections: one.corrections.map(correctionOf),
  decisions: one.decisions.map(decisionOf),
});

const sumOf = (parts: readonly ExplainedPart[]): HourCost => ({
  usage: parts.reduce((sum, { usage }) => sum + usage, 0n),
  credits: parts.reduce((sum, { credits }) => sum + credits, 0n),
});

// A dip may go on for days: the first measurements show what it is.
const throughMax = 100;

const partOf = ({ rule, from, through, to, calculated, price, ...cost }: ExplainedPart) => ({
  rule,
  from: from && sampleOf(from),
  ...(through.length > 0 && {
    through: through.slice(0, throughMax).map(sampleOf),
    through_count: through.length,
  }),
  to: sampleOf(to),
  calculation: calculationOf(calculated),
  ...costOf(cost),
  price: price && priceOf(price),
});

const sampleOf = ({ timeMs, value }: Sample) => ({
  time: exactUtcText(timeMs),
  value: amount(value),
});

const priceOf = ({ fromMs, credits, recordedBy }: TariffPeriod) => ({
  credits: exactNumber(formatDecimal(credits, PRICE_SCALE)),
  valid_from: Number.isFinite(fromMs) ? utcText(fromMs) : null,
  recorded_by: recordedBy ?? null,
});

const heldOf = ({ fromMs, untilMs, ...cost }: HeldIncrease) => ({
  from: exactUtcText(fromMs),
  until: exactUtcText(untilMs),
  ...costOf(cost),
});

const correctionOf = (one: HourCorrection) => ({
  at: exactUtcText(one.atMs),
  reason: one.reason,
  actor: one.actor,
  note: one.note,
  from: utcText(one.fromHourMs),
  until: utcText(one.untilHourMs + hourMs),
  credits_before: exact(one.creditsBefore),
  credits_after: exact(one.creditsAfter),
});

const decisionOf = (one: HourDecision) => ({
  decision: one.decision,
  from: exactUtcText(one.fromMs),
  until: exactUtcText(one.untilMs),
  at: exactUtcText(one.atMs),
  actor: one.actor,
  reason: one.reason,
});

const adjustmentOf = ({ atMs, credits, reason, actor }: HourAdjustment) => ({
  at: exactUtcText(atMs),
  credits: exact(credits),
  reason,
  actor,
});

const costOf = ({ usage, credits }: HourCost) => ({
  usage: amount(usage),
  credits: exact(credits),
});

const amount = (value: bigint): object => exactNumber(formatDecimal(value, VALUE_SCALE));
const exact = (credits: bigint): object => exactNumber(formatCredits(credits));
