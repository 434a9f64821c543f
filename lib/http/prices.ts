import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { formatCredits } from "../billing/credits.ts";
import {
  exactNumber,
  formatDecimal,
  PRICE_SCALE,
  parseDecimal,
  VALUE_SCALE,
} from "../billing/decimal.ts";
import { estimateCost } from "../billing/estimate.ts";
import { priceAt } from "../billing/price-in-force.ts";
import { readDecimal } from "../formats/read-value.ts";
import type { MetricSettings } from "../settings/metrics.ts";
import { type HttpAnswer, jsonAnswer } from "./stack/answer.ts";
import { problem } from "./stack/problem.ts";
import { readJson } from "./stack/read-json.ts";
import { tagged } from "./stack/unchanged.ts";

/** `GET /api/metrics`: the price now in force of every billed metric. */
export function metricsAnswer(metrics: MetricSettings, nowMs: number): HttpAnswer {
  const prices = [...metrics].map(([metric, { tariff }]) => [
    metric,
    exactNumber(formatDecimal(priceAt(tariff, nowMs), PRICE_SCALE)),
  ]);
  const body = Object.fromEntries(prices);
  return tagged(jsonAnswer(200, body), body);
}

/**
 * Answers `POST /api/costs_per_hour`: `{metric: amount}` → credits per hour at the prices in force,
 * each metric rounded half-even to the step (at PRICE_SCALE).
 */
export function estimateRequest(
  event: APIGatewayProxyEventV2,
  metrics: MetricSettings,
  step: bigint,
): HttpAnswer {
  const nowMs = Date.now();
  const items = Object.entries(readAmounts(event)).map(([metric, value]) => {
    const tariff = metrics.get(metric)?.tariff;
    if (tariff === undefined) {
      throw problem("metric-unknown", metric, `Unknown measurement \`${metric}\`.`);
    }
    return { amount: readAmount(metric, value), price: priceAt(tariff, nowMs) };
  });
  return jsonAnswer(200, exactNumber(formatCredits(estimateCost(items, step))));
}

function readAmounts(event: APIGatewayProxyEventV2): object {
  const amounts = readJson(event, (field) => field !== "");
  if (typeof amounts === "object" && amounts !== null && !Array.isArray(amounts)) return amounts;
  throw problem("json-invalid", "body", "Invalid JSON");
}

/** The old service took negative amounts and NaN, and failed on text: all of them are refused. */
function readAmount(metric: string, value: unknown): bigint {
  const decimal = typeof value === "string" ? readDecimal(value.trim()) : undefined;
  if (typeof decimal === "string") return parseDecimal(decimal, VALUE_SCALE);
  throw problem("parameter-invalid", metric, `Parameter ${metric} had wrong type.`);
}
