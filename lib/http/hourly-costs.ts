import type { APIGatewayProxyEventV2 } from "aws-lambda";
import * as z from "zod/mini";
import { formatCredits } from "../billing/credits.ts";
import { exactNumber, formatDecimal, VALUE_SCALE } from "../billing/decimal.ts";
import { hourMs } from "../billing/time.ts";
import {
  type BucketSize,
  bucketEdges,
  instantText,
  type ZoneOffset,
  zoneOffset,
} from "../usecases/reading/calendar.ts";
import {
  type Bucket,
  type Costs,
  costBuckets,
  type GroupCost,
  type LedgerCosts,
} from "../usecases/reading/cost-buckets.ts";
import { cursorOf, readCursor } from "./cursor.ts";
import { readName, readOneOf, readWholeNumber } from "./parameters.ts";
import { type Query, type Range, rangeBefore, readRange, readTimezone } from "./range-query.ts";
import { type HttpAnswer, jsonAnswer } from "./stack/answer.ts";
import { parameterProblem } from "./stack/problem.ts";
import type { FreshnessOf } from "./stack/unchanged.ts";

export const costsFormats = ["json", "csv", "csv-excel", "focus"] as const;
export type CostsFormat = (typeof costsFormats)[number];

/** What `GET /api/hourly_costs/{project_name}` asks for. */
export interface CostsQuery extends Range {
  readonly projectName: string;
  readonly timezone: string;
  readonly offset: ZoneOffset;
  readonly bucket: BucketSize;
  /** null: all of them. */
  readonly metric: string | null;
  readonly site: string | null;
  /** Whether sites and resources are told apart; metrics always are. */
  readonly bySite: boolean;
  readonly byResource: boolean;
  /** The start of the page's first bucket; null: that of the range. */
  readonly pageFromMs: number | null;
  readonly limit: number;
  readonly format: CostsFormat;
  /** The range before, where it is to be compared with; null: it is not. */
  readonly previous: Range | null;
  /** As it was sent. */
  readonly query: Query;
}

export const bucketSizes = [
  "hour",
  "day",
  "week",
  "month",
] as const satisfies readonly BucketSize[];
const groups = ["metric", "site", "resource"];
export const bucketsMax = 10_000;
const limitPreset = 1_000;

/** The query; throws a 400 problem that says what to change. */
export function readCostsQuery(
  { queryStringParameters: query = {}, headers }: APIGatewayProxyEventV2,
  projectName: string,
  nowMs: number,
): CostsQuery {
  const timezone = readTimezone(query);
  const offset = zoneOffset(timezone);
  const by = (query["by"] || "metric").split(",");
  if (!by.includes("metric") || by.some((group) => !groups.includes(group))) {
    throw parameterProblem("by", "by must be metric, with ,site or ,resource or both behind it");
  }
  const acceptsCsv = /^text\/csv\b/.test((headers["accept"] ?? "").trim());
  const formatAccepted = acceptsCsv ? "csv" : "json";
  const range = readRange(query, offset, nowMs);
  const format = readOneOf("format", query["format"] || formatAccepted, costsFormats);
  return {
    projectName,
    timezone,
    offset,
    ...range,
    previous: readCompare(query["compare"]) ? rangeBefore(range, offset, nowMs) : null,
    bucket: readOneOf("bucket", query["bucket"] || "hour", bucketSizes),
    metric: readName("metric", query),
    site: readName("site", query),
    // A FOCUS file tells everything apart.
    bySite: by.includes("site") || format === "focus",
    byResource: by.includes("resource") || format === "focus",
    pageFromMs: readCursor(query, projectName, z.int()),
    limit: readWholeNumber("limit", query["limit"] || String(limitPreset), 1, bucketsMax),
    format,
    query,
  };
}

/** Buckets that are over change with the ledger only, but the default range and what runs move with the clock. */
export const costsFreshness: FreshnessOf = ({ queryStringParameters: query = {} }, nowMs) => {
  const { untilMs } = readRange(query, zoneOffset(readTimezone(query)), nowMs);
  return { clock: untilMs < nowMs ? null : "minute", untilMs };
};

function readCompare(text: string | undefined): boolean {
  if (!text) return false;
  if (text === "previous") return true;
  throw parameterProblem("compare", "compare must be previous");
}

/** The buckets of a page, the sum of the whole range and of the one before, and how far it is measured. */
export function costsAnswer(
  asked: CostsQuery,
  costs: LedgerCosts,
  costsBefore: LedgerCosts | null | undefined,
  nowMs: number,
): HttpAnswer {
  const { fromMs, untilMs, timezone, bucket, offset, limit, pageFromMs } = asked;
  const edges = clippedEdges(asked);
  const { buckets: all, total } = costBuckets(costs, edges);
  const first = pageFromMs === null ? 0 : all.findIndex(({ startMs }) => startMs >= pageFromMs);
  const page = first === -1 ? [] : all.slice(first, first + limit);
  const next = first === -1 ? undefined : all[first + limit];
  const instant = (ms: number) => instantText(ms, offset);
  return jsonAnswer(200, {
    range: {
      from: instant(fromMs),
      until: instant(untilMs),
      timezone,
      bucket,
      aligned: edges.every((edge) => edge % hourMs === 0),
    },
    as_of: instant(nowMs),
    measured_until: costs.measuredUntilMs === null ? null : instant(costs.measuredUntilMs),
    total: costsShape(total, asked),
    ...(asked.previous &&
      costsBefore && { previous: previousShape(asked, asked.previous, costsBefore) }),
    data: page.map((one) => bucketShape(one, asked)),
    next_cursor: next === undefined ? null : cursorOf(next.startMs, asked.query, asked.projectName),
  });
}

function previousShape(asked: CostsQuery, { fromMs, untilMs }: Range, costs: LedgerCosts) {
  const { total } = costBuckets(costs, [fromMs, untilMs]);
  return {
    from: instantText(fromMs, asked.offset),
    until: instantText(untilMs, asked.offset),
    ...costsShape(total, asked),
  };
}

/** The borders of the buckets, of which the first and the last end with the range. */
export function clippedEdges({ fromMs, untilMs, bucket, offset }: CostsQuery): readonly number[] {
  const inner = bucketEdges({ fromMs, untilMs }, bucket, offset).filter(
    (edge) => fromMs < edge && edge < untilMs,
  );
  return [fromMs, ...inner, untilMs];
}

function bucketShape(bucket: Bucket, asked: CostsQuery) {
  const { startMs, endMs, coverage, correctedMs } = bucket;
  const instant = (ms: number) => instantText(ms, asked.offset);
  return {
    start: instant(startMs),
    end: instant(endMs),
    coverage,
    corrected_at: correctedMs === null ? null : instant(correctedMs),
    ...costsShape(bucket, asked),
  };
}

const costsShape = ({ credits, adjustments, by }: Costs, { bySite, byResource }: CostsQuery) => ({
  credits: exact(credits),
  adjustments: exact(adjustments),
  by: [...by.values()].sort(inOrder).map(({ metric, unit, site, resource, ...cost }) => ({
    metric,
    unit: unit || null,
    ...(bySite && { site }),
    ...(byResource && { resource }),
    usage: exactNumber(formatDecimal(cost.usage, VALUE_SCALE)),
    credits: exact(cost.credits),
  })),
});

const exact = (credits: bigint): object => exactNumber(formatCredits(credits));

/** By name, so that two answers can be compared. */
export function inOrder(a: GroupCost, b: GroupCost): number {
  const [one, other] = [a, b].map(
    ({ metric, site, resource }) => `${metric}\n${site}\n${resource}`,
  );
  return (one as string) < (other as string) ? -1 : 1;
}
