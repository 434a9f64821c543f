import type { APIGatewayProxyEventV2 } from "aws-lambda";
import * as z from "zod/mini";
import { parseCredits } from "../billing/credits.ts";
import {
  CREDITS_SCALE,
  divideHalfEven,
  exactNumber,
  formatDecimal,
  parseDecimal,
  VALUE_SCALE,
} from "../billing/decimal.ts";
import { costUntil, lastsMs, rateSteps, type UnitsInUse } from "../billing/estimate.ts";
import { periodIndexAt } from "../billing/tariff.ts";
import { dayMs, hourMs } from "../billing/time.ts";
import { expect } from "../formats/field-errors.ts";
import { readRfc3339 } from "../formats/read-time.ts";
import { readDecimal } from "../formats/read-value.ts";
import type { MetricSettings } from "../settings/metrics.ts";
import { utcText } from "../usecases/reading/calendar.ts";
import { amount } from "./stack/amount.ts";
import { type HttpAnswer, jsonAnswer } from "./stack/answer.ts";
import { parseBody } from "./stack/body-faults.ts";
import { parameterProblem, problem } from "./stack/problem.ts";
import { readJson } from "./stack/read-json.ts";

const machinesMax = 1_000;
const untilDaysMax = 20 * 366;
/** Decimals of an estimate: more would be a false precision. */
const estimateScale = 6;

const machineRule = expect('an object such as {"count": 4, "project_vcpu_usage": 28}');
const machinesRule = expect(`an array of 1 to ${machinesMax} machines`);
export const EstimateBody = z.strictObject(
  {
    machines: z
      .array(z.record(z.string(), z.unknown(), machineRule), machinesRule)
      .check(z.minLength(1, machinesRule), z.maxLength(machinesMax, machinesRule)),
    until: z.optional(z.string(expect("RFC 3339 text"))),
    budget: z.optional(amount),
  },
  expect("an object with machines and perhaps until and budget"),
);

/** `POST /api/estimates`: what machines cost per hour and up to an instant, and how long a budget lasts. */
export function estimateMachines(
  event: APIGatewayProxyEventV2,
  metrics: MetricSettings,
  nowMs: number,
): HttpAnswer {
  const body = parseBody(
    EstimateBody,
    readJson(event, () => true),
  );
  const items = body.machines.flatMap((machine, index) => readMachine(machine, index, metrics));
  const untilMs = body.until === undefined ? null : readUntil(body.until, nowMs);
  const budget = body.budget === undefined ? null : parseCredits(readAmount("budget", body.budget));
  const steps = rateSteps(items, nowMs);
  const lasting = budget === null ? null : lastsMs(steps, budget);
  const validFromMs = Math.max(...items.map((item) => priceFromMs(item, nowMs)));
  return jsonAnswer(200, {
    credits_per_hour: exactNumber(formatDecimal(steps[0]?.rate ?? 0n, CREDITS_SCALE)),
    hours: untilMs === null ? null : hoursOf(BigInt(untilMs - nowMs)),
    credits: untilMs === null ? null : rounded(costUntil(steps, untilMs)),
    lasts_hours: lasting === null ? null : hoursOf(lasting),
    price_valid_from: Number.isFinite(validFromMs) ? utcText(validFromMs) : null,
    price_changes: steps.slice(1).map(({ fromMs, rate }) => ({
      from: utcText(fromMs),
      credits_per_hour: exactNumber(formatDecimal(rate, CREDITS_SCALE)),
    })),
  });
}

/** The units of one entry, by metric; `count` says how many machines it stands for. */
function readMachine(
  { count = "1", ...amounts }: Record<string, unknown>,
  index: number,
  metrics: MetricSettings,
): UnitsInUse[] {
  const at = (field: string) => `machines.${index}.${field}`;
  if (typeof count !== "string" || !/^[1-9]\d{0,6}$/.test(count)) {
    throw parameterProblem(at("count"), "send a whole number from 1 to 9999999");
  }
  const units = Object.entries(amounts).map(([metric, amount]) => {
    const tariff = metrics.get(metric)?.tariff;
    if (tariff === undefined) {
      throw problem("metric-unknown", at(metric), `Unknown measurement \`${metric}\`.`);
    }
    const each = parseDecimal(readAmount(at(metric), amount), VALUE_SCALE);
    return { units: each * BigInt(count), tariff };
  });
  if (units.length > 0) return units;
  throw parameterProblem(`machines.${index}`, "send at least one metric with its units");
}

function readAmount(at: string, value: unknown): string {
  const decimal = typeof value === "string" ? readDecimal(value.trim()) : undefined;
  if (typeof decimal === "string") return decimal;
  throw parameterProblem(at, decimal?.detail ?? "send a number or a decimal in quotes");
}

function readUntil(text: string, nowMs: number): number {
  const untilMs = readRfc3339(text) ?? Number.NaN;
  if (nowMs < untilMs && untilMs <= nowMs + untilDaysMax * dayMs) return untilMs;
  throw parameterProblem("until", "send an instant such as 2027-01-01T00:00:00Z, within 20 years");
}

const priceFromMs = ({ tariff }: UnitsInUse, nowMs: number): number =>
  tariff.periods[periodIndexAt(tariff, nowMs)]?.fromMs ?? Number.NEGATIVE_INFINITY;

const rounded = (credits: bigint): object => {
  const step = 10n ** BigInt(CREDITS_SCALE - estimateScale);
  return exactNumber(formatDecimal(divideHalfEven(credits, step), estimateScale));
};

/** Rounded down: a budget is not to be promised for longer than it lasts. */
const hoursOf = (ms: bigint): object =>
  exactNumber(formatDecimal((ms * 10n ** BigInt(estimateScale)) / BigInt(hourMs), estimateScale));
