import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { dayMs, minuteMs } from "../../billing/time.ts";
import { explainUnit, unixMs } from "../../formats/check-time.ts";
import type { DecodeContext } from "../../formats/decoded.ts";
import { explainRfc3339, readInstant } from "../../formats/read-time.ts";
import type { MetricSettings } from "../../settings/metrics.ts";
import {
  type MeasurementQueue,
  type Received,
  receiveMeasurements,
} from "../../usecases/ingest/receive-measurements.ts";
import { emptyAnswer, type HttpAnswer, jsonAnswer } from "../stack/answer.ts";
import type { HttpContext } from "../stack/http-context.ts";
import { Problem, parameterProblem, problem } from "../stack/problem.ts";
import { countBytes } from "../stack/request-body.ts";
import { bodyFormats, type DecodedBody, type FormatRules } from "./body-formats.ts";
import { chooseFormat } from "./choose-format.ts";
import { decodeBody } from "./decode-body.ts";
import { writtenHeaders } from "./written-headers.ts";

// Clocks of exporters run ahead a little; what runs ahead further is a fault at its source.
const aheadMsMax = 10 * minuteMs;

export interface ReceiveSettings {
  readonly metrics: MetricSettings;
  readonly lateDays: number;
  readonly projectWhitelist: ReadonlySet<string> | null;
}

/**
 * Answers `POST /measurements` and `POST /write`: decodes the body, queues what is valid, and names what is
 * not. The log gets what an operator asks first when a project's credits stand still: how much came, and
 * what became of it.
 */
export async function receiveRequest(
  event: APIGatewayProxyEventV2,
  { caller, tell, spend }: Pick<HttpContext, "caller" | "tell" | "spend">,
  settings: ReceiveSettings,
  queue: MeasurementQueue,
): Promise<HttpAnswer> {
  tell({ bytes: countBytes(event) });
  const format = chooseFormat(event);
  tell({ format });
  const rules = bodyFormats[format];
  const nowMs = Date.now();
  const context = decodeContext(event, settings, nowMs);
  const decoded = decodeBody(event, rules, context);
  spend(samplesOf(decoded));
  refuseUntimedDelta(decoded, settings.metrics);
  const received = await receiveMeasurements(
    { ...decoded, isAllOrNothing: rules.isAllOrNothing, atMs: nowMs },
    { ...caller, projectWhitelist: settings.projectWhitelist },
    queue,
  );
  const { accepted: samples, dropped, messages } = received;
  tell({ samples, dropped, ...hintsOf(decoded), messages });
  if (decoded.faultCount > 0) throw faultsProblem(decoded, rules, received);
  if (rules.successStatus === 204) return emptyAnswer(headersOf(decoded, rules));
  return jsonAnswer(202, { accepted: samples, dropped, ...hintsOf(decoded) });
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

/** A delta without a time gets that of its arrival, so if it were sent again it would be billed twice. */
function refuseUntimedDelta({ untimedMetrics }: DecodedBody, metrics: MetricSettings): void {
  const delta = untimedMetrics.find((metric) => metrics.get(metric)?.tariff.kind === "delta");
  if (delta === undefined) return;
  const detail = `${delta} is a delta: send each sample with its timestamp`;
  throw problem("delta-untimed", delta, detail);
}

/** The samples at fault are left out of `dropped`: `errors` names them. */
function faultsProblem(
  decoded: DecodedBody,
  rules: FormatRules,
  { accepted, dropped: { faulty, ...dropped } }: Received,
): Problem {
  const { faults, faultCount, isCut } = decoded;
  const found = faultCount === 1 ? "1 fault" : `${faultCount} faults`;
  const count = isCut ? `${found}, and the rest was not looked at` : found;
  const taken = rules.isAllOrNothing ? "nothing was taken" : "what is valid was taken";
  const first = `${faults[0]?.at}: ${faults[0]?.detail}`;
  return new Problem("measurements-refused", `${count}; ${taken}. First: ${first}`, {
    members: { accepted, dropped, ...hintsOf(decoded) },
    errors: faults,
    headers: headersOf(decoded, rules),
  });
}

/** All that the body held, whatever becomes of it. */
const samplesOf = ({ measurements, dropped, faultCount }: DecodedBody): number =>
  Object.values(dropped).reduce<number>((sum, count = 0) => sum + count, 0) +
  measurements.length +
  faultCount;

const hintsOf = ({ hints }: DecodedBody) => (hints.length > 0 ? { hints } : {});

const headersOf = ({ written }: DecodedBody, { tellsWritten }: FormatRules) =>
  tellsWritten && written !== undefined ? writtenHeaders(written) : {};
