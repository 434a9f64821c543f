import { MalformedBody } from "../../formats/decoded.ts";
import type { RefusalCode } from "../../formats/refusals.ts";
import { IdempotencyKeyReused } from "../../usecases/grants/idempotent.ts";
import { SiteForbidden } from "../../usecases/ingest/receive-measurements.ts";
import { Unavailable } from "../../usecases/unavailable.ts";
import type { HttpAnswer } from "./answer.ts";

/** The refusals that HTTP itself has; those of bodies are in lib/formats/refusals.ts. README.md lists them. */
export const httpRefusals = {
  "key-missing": "The request carries no key.",
  "key-unknown": "The key is not one of the configured ones.",
  "scope-insufficient": "The key's scope does not permit this request.",
  "site-forbidden": "The key may not report for this site.",
  "media-type-unsupported": "The content type is not one that this path takes.",
  "encoding-unsupported": "The content encoding is not one that this content type takes.",
  "delta-untimed":
    "A metric of kind `delta` came without a time, so a repetition could not be told.",
  "parameter-invalid": "A parameter is missing or wrong.",
  "route-unknown": "There is no such path, or it does not take this method.",
  "project-unknown": "Nothing was ever measured for this project.",
  "history-empty": "There is no history in this range.",
  "metric-unknown": "The metric has no price here.",
  "rate-limited": "The key has sent more requests in a minute than are taken; `Retry-After` tells.",
  "idempotency-key-reused": "The key was sent before, with another request. Nothing was done.",
  "measurements-refused": "Some measurements are at fault; `errors` lists them.",
  unavailable: "The queue or the database does not answer now. Repeating the request is safe.",
  internal: "The service failed. The fault is logged.",
} as const;

export type ProblemCode = keyof typeof httpRefusals | RefusalCode;

export interface FieldError {
  readonly at: string;
  readonly code: string;
  readonly detail: string;
}

/** An answer other than 2xx, as `application/problem+json` (RFC 9457). */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: ProblemCode;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: ProblemCode,
    detail: string,
    { extra = {}, headers = {}, ...options }: ProblemOptions = {},
  ) {
    super(detail, options);
    this.status = status;
    this.code = code;
    this.extra = extra;
    this.headers = headers;
  }
}

interface ProblemOptions extends ErrorOptions {
  /** Further members of the body. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** What the caller is told of an error; what it is not told is logged. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof MalformedBody) {
    const status = error.isTooLarge ? 413 : 400;
    return refusal(status, error.code, "body", error.message, error);
  }
  if (error instanceof SiteForbidden) {
    return refusal(403, "site-forbidden", "site", error.message, error);
  }
  if (error instanceof IdempotencyKeyReused) {
    return refusal(422, "idempotency-key-reused", "Idempotency-Key", error.message, error);
  }
  if (error instanceof Unavailable) {
    return new Problem(503, "unavailable", httpRefusals.unavailable, {
      cause: error,
      headers: { "retry-after": "5" },
    });
  }
  return new Problem(500, "internal", httpRefusals.internal, { cause: error });
}

export const problemAnswer = ({ status, code, message, extra, headers }: Problem): HttpAnswer => ({
  statusCode: status,
  headers: { ...headers, "content-type": "application/problem+json; charset=utf-8" },
  body: JSON.stringify({
    type: `urn:openstack-credits:problem:${code}`,
    title: titles[status] ?? "Error",
    status,
    code,
    detail: message,
    ...extra,
  }),
});

export const routeProblem = (method: string, path: string): Problem =>
  refusal(404, "route-unknown", "path", `There is no ${method} ${path}.`);

/** An answer that names the one thing at fault. */
export const refusal = (
  status: number,
  code: ProblemCode,
  at: string,
  detail: string,
  cause?: unknown,
): Problem =>
  new Problem(status, code, detail, {
    cause,
    extra: { errors: [{ at, code, detail }] satisfies FieldError[] },
  });

/** A 400 that names one parameter or field. */
export const parameterProblem = (at: string, detail: string): Problem =>
  refusal(400, "parameter-invalid", at, detail);

/** A 400 that names every parameter and field at fault. */
export const fieldsProblem = (errors: readonly FieldError[]): Problem => {
  const detail = errors.map((error) => `${error.at}: ${error.detail}`).join("; ");
  return new Problem(400, "parameter-invalid", detail, { extra: { errors } });
};
