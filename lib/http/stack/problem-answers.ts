import { STATUS_CODES } from "node:http";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { MalformedBody } from "../../formats/decoded.ts";
import { IdempotencyKeyReused } from "../../usecases/grants/idempotent.ts";
import { SiteForbidden } from "../../usecases/ingest/receive-measurements.ts";
import { HourTooLarge } from "../../usecases/reading/explain-hour.ts";
import { Unavailable } from "../../usecases/unavailable.ts";
import { type HttpAnswer, pageAnswer } from "./answer.ts";
import type { HttpMiddleware } from "./http-context.ts";
import { httpRefusals, Problem, problem } from "./problem.ts";
import { wantsPage } from "./wants-page.ts";

/** Another way to tell a problem than JSON, for the people who open a page. */
export type WriteProblem = (problem: Problem, event: APIGatewayProxyEventV2) => string;

/** Answers whatever was thrown as a problem; as a page to browsers, where there is one to write. */
export const problemAnswers = (writePage?: WriteProblem): HttpMiddleware => ({
  onError: (request) => {
    const { error, event } = request;
    const given = toProblem(error);
    const isBrowser = wantsPage(event);
    request.response =
      writePage !== undefined && isBrowser
        ? pageAnswer(given.status, writePage(given, event), given.headers)
        : problemAnswer(given);
  },
});

/** The caller learns nothing of an unexpected error; the log does. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof MalformedBody) return bodyProblem(error);
  if (error instanceof SiteForbidden) {
    return problem("site-forbidden", "site", error.message, { cause: error });
  }
  if (error instanceof IdempotencyKeyReused) {
    const at = "Idempotency-Key";
    return problem("idempotency-key-reused", at, error.message, { cause: error });
  }
  if (error instanceof HourTooLarge) {
    return problem("range-too-large", "metric, site, resource", error.message, { cause: error });
  }
  if (error instanceof Unavailable) {
    const headers = { "retry-after": "5" };
    return new Problem("unavailable", httpRefusals.unavailable.meaning, { cause: error, headers });
  }
  return new Problem("internal", httpRefusals.internal.meaning, { cause: error });
}

/** A body that is refused as a whole. */
export const bodyProblem = (
  error: MalformedBody,
  headers: Readonly<Record<string, string>> = {},
): Problem =>
  problem(error.code, "body", error.message, {
    status: error.isTooLarge ? 413 : 400,
    cause: error,
    headers,
  });

const problemAnswer = (given: Problem): HttpAnswer => ({
  statusCode: given.status,
  headers: { ...given.headers, "content-type": "application/problem+json; charset=utf-8" },
  body: JSON.stringify({
    type: `urn:openstack-credits:problem:${given.code}`,
    title: STATUS_CODES[given.status],
    status: given.status,
    code: given.code,
    detail: given.message,
    ...given.members,
    ...(given.errors.length > 0 && { errors: given.errors }),
  }),
});
