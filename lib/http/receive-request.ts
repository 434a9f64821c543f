import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { explainUnit, unixMs } from "../formats/check-time.ts";
import type { DecodeContext, Decoded } from "../formats/decoded.ts";
import { explainRfc3339, readInstant } from "../formats/read-time.ts";
import type { MetricSettings } from "../tariff-settings.ts";
import {
  type MeasurementQueue,
  type Received,
  receiveMeasurements,
} from "../usecases/ingest/receive-measurements.ts";
import { readFormat } from "./body-format.ts";
import { type DecodedRequest, decodeRequest } from "./decode-request.ts";
import { countBytes } from "./request-body.ts";
import { emptyAnswer, type HttpAnswer, jsonAnswer } from "./stack/answer.ts";
import type { Caller } from "./stack/authenticate.ts";
import type { Tell } from "./stack/http-function.ts";
import { Problem, parameterProblem } from "./stack/problem.ts";
import { writtenHeaders } from "./written-headers.ts";

const dayMs = 86_400_000;
// Clocks of exporters run ahead a little; what runs ahead further is a fault at its source.
const aheadMsMax = 10 * 60_000;

export interface ReceiveSettings {
  readonly metrics: MetricSettings;
  readonly lateDays: number;
  readonly projectWhitelist: ReadonlySet<string> | null;
}

/**
 * Answers `POST /measurements` and `POST /write`: decodes, queues what is valid, tells what is not. The log
 * gets what an operator asks first when a project's credits stand still: how much came, and what became of it.
 */
export async function receiveRequest(
  event: APIGatewayProxyEventV2,
  { keyId, site }: Caller,
  settings: ReceiveSettings,
  queue: MeasurementQueue,
  tell: Tell,
): Promise<HttpAnswer> {
  tell({ bytes: countBytes(event) });
  const format = readFormat(event);
  tell({ format });
  const nowMs = Date.now();
  const context = decodeContext(event, settings, nowMs);
  const request = decodeRequest(event, format, context);
  const { decoded, isAllOrNothing } = request;
  refuseUntimedDelta(decoded, settings.metrics);
  const isFaulty = decoded.faultCount > 0;
  const isTaken = !(isFaulty && isAllOrNothing);
  const body = {
    measurements: isTaken ? decoded.measurements : [],
    dropped: isTaken ? { ...decoded.dropped, faulty: decoded.faultCount } : {},
    atMs: nowMs,
  };
  const policy = { keyId, site, projectWhitelist: settings.projectWhitelist };
  const received = await receiveMeasurements(body, policy, queue);
  tell({
    samples: received.accepted,
    dropped: {
      ...droppedCounts(request, received),
      ...(isFaulty && { faulty: decoded.faultCount }),
    },
    ...hintsOf(decoded),
    messages: received.messages,
  });
  if (isFaulty) throw faultsProblem(request, received);
  return success(request, received);
}

function decodeContext(
  event: APIGatewayProxyEventV2,
  settings: ReceiveSettings,
  nowMs: number,
): DecodeContext {
  const oldestMs = nowMs - settings.lateDays * dayMs;
  const newestMs = nowMs + aheadMsMax;
  const time = event.queryStringParameters?.["time"];
  const untimedMs = readTimeParameter(time, nowMs);
  if (untimedMs < oldestMs || untimedMs > newestMs) {
    const isCount = /^\d+$/.test(time ?? "");
    const unit = isCount ? explainUnit(untimedMs, unixMs, { newestMs }) : undefined;
    const range = `${new Date(oldestMs).toISOString()} to ${new Date(newestMs).toISOString()}`;
    throw parameterProblem("time", unit ?? `time lies outside of what is taken: ${range}`);
  }
  return {
    isBilled: (metric) => settings.metrics.has(metric),
    untimedMs,
    oldestMs,
    newestMs,
  };
}

function readTimeParameter(text: string | undefined, nowMs: number): number {
  if (text === undefined) return nowMs;
  const instantMs = readInstant(text);
  if (instantMs !== undefined) return instantMs;
  const general = "time must be RFC 3339 (a + is written %2B) or Unix milliseconds";
  throw parameterProblem("time", explainRfc3339(text) ?? general);
}

/** A repeated delta without a time of its own would be another one: it would be billed twice. */
function refuseUntimedDelta({ untimedMetrics }: Decoded, metrics: MetricSettings): void {
  const delta = untimedMetrics.find((metric) => metrics.get(metric)?.tariff.kind === "delta");
  if (delta === undefined) return;
  const detail = `${delta} is a delta: send each sample with its timestamp`;
  throw new Problem(400, "delta-untimed", detail, {
    extra: { errors: [{ at: delta, code: "delta-untimed", detail }] },
  });
}

const droppedCounts = ({ decoded }: DecodedRequest, { unlisted }: Received) => ({
  ...decoded.dropped,
  ...(unlisted > 0 ? { unlisted } : {}),
});

const hintsOf = ({ hints }: Decoded) => (hints.length > 0 ? { hints } : {});

function success(request: DecodedRequest, received: Received): HttpAnswer {
  if (request.successStatus === 204) return emptyAnswer(headersOf(request));
  return jsonAnswer(202, {
    accepted: received.accepted,
    dropped: droppedCounts(request, received),
    ...hintsOf(request.decoded),
  });
}

function faultsProblem(request: DecodedRequest, received: Received): Problem {
  const { faults, faultCount, isCut } = request.decoded;
  const faultsFound = faultCount === 1 ? "1 fault" : `${faultCount} faults`;
  const count = isCut ? `${faultsFound}, and the rest was not looked at` : faultsFound;
  const detail = request.isAllOrNothing
    ? `${count}; nothing was taken. First: ${faults[0]?.at}: ${faults[0]?.detail}`
    : `${count}; what is valid was taken. First: ${faults[0]?.at}: ${faults[0]?.detail}`;
  return new Problem(400, "measurements-refused", detail, {
    extra: {
      accepted: received.accepted,
      dropped: droppedCounts(request, received),
      ...hintsOf(request.decoded),
      errors: faults,
    },
    headers: headersOf(request),
  });
}

const headersOf = ({ written }: DecodedRequest) =>
  written === undefined ? {} : writtenHeaders(written);
