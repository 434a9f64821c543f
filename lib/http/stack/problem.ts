import type { RefusalCode } from "../../formats/refusals.ts";

/** The refusals of HTTP itself, code → status and meaning; those of bodies are in lib/formats/refusals.ts. README.md lists them. */
export const httpRefusals = {
  "key-missing": { status: 401, meaning: "The request carries no key." },
  "key-unknown": { status: 401, meaning: "The key is not one of the configured ones." },
  "scope-insufficient": {
    status: 403,
    meaning: "The key's scope does not permit this request.",
  },
  "site-forbidden": { status: 403, meaning: "The key may not report for this site." },
  "project-forbidden": { status: 403, meaning: "The key may not read this." },
  "link-invalid": {
    status: 403,
    meaning: "The link was not made here, opens another project, or was revoked.",
  },
  "link-expired": { status: 403, meaning: "The link opened the project until its last day." },
  "links-off": { status: 501, meaning: "No keys are configured that would sign links." },
  "media-type-unsupported": {
    status: 415,
    meaning: "The content type is not one that this path takes.",
  },
  "encoding-unsupported": {
    status: 415,
    meaning: "The content encoding is not one that this content type takes.",
  },
  "delta-untimed": {
    status: 400,
    meaning: "A metric of kind `delta` came without a time, so a repetition could not be told.",
  },
  "parameter-invalid": { status: 400, meaning: "A parameter is missing or wrong." },
  "range-invalid": {
    status: 400,
    meaning: "`from` or `until` is wrong, or there is no time between them.",
  },
  "range-too-large": { status: 400, meaning: "The answer would have more rows than one may have." },
  "timezone-unknown": { status: 400, meaning: "There is no such time zone." },
  "cursor-foreign": { status: 400, meaning: "The cursor belongs to another question." },
  "route-unknown": { status: 404, meaning: "There is no such path." },
  "method-unsupported": {
    status: 405,
    meaning: "The path does not take this method; `Allow` says which it takes.",
  },
  "project-unknown": { status: 404, meaning: "Nothing was ever measured for this project." },
  "statement-unknown": { status: 404, meaning: "The project has no statement of this month." },
  "history-empty": { status: 404, meaning: "There is no history in this range." },
  "metric-unknown": { status: 404, meaning: "The metric has no price here." },
  "rate-limited": {
    status: 429,
    meaning:
      "The key has sent more requests in a minute than are taken; `Retry-After` tells. Remote write and `POST /write` get 503.",
  },
  "idempotency-key-reused": {
    status: 422,
    meaning: "The key was sent before, with another request. Nothing was done.",
  },
  "measurements-refused": {
    status: 400,
    meaning: "Some measurements are at fault; `errors` lists them.",
  },
  unavailable: {
    status: 503,
    meaning: "The queue or the database does not answer now. Repeating the request is safe.",
  },
  internal: { status: 500, meaning: "The service failed. The fault is logged." },
} as const;

type HttpRefusalCode = keyof typeof httpRefusals;
export type ProblemCode = HttpRefusalCode | RefusalCode;

/** One parameter, field or part of a body that is at fault. */
export interface FieldError {
  readonly at: string;
  readonly code: string;
  /** Says what to change. */
  readonly detail: string;
}

interface ProblemOptions extends ErrorOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Overrides the one of the catalogue. */
  readonly status?: number;
}

interface ManyErrors extends ProblemOptions {
  readonly errors?: readonly FieldError[];
  /** Further members of the body. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** An answer other than 2xx, as `application/problem+json` (RFC 9457). */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly status: number;
  readonly errors: readonly FieldError[];
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, detail: string, options: ManyErrors = {}) {
    const { status = statusOf(code), errors = [], members = {}, headers = {}, ...rest } = options;
    super(detail, rest);
    this.code = code;
    this.status = status;
    this.errors = errors;
    this.members = members;
    this.headers = headers;
  }
}

const isHttpRefusal = (code: ProblemCode): code is HttpRefusalCode =>
  Object.hasOwn(httpRefusals, code);

/** A body that is refused is a 400, unless it is too large (`MalformedBody.isTooLarge`). */
export const statusOf = (code: ProblemCode): number =>
  isHttpRefusal(code) ? httpRefusals[code].status : 400;

/** A problem with one thing at fault. */
export const problem = (
  code: ProblemCode,
  at: string,
  detail: string,
  options: ProblemOptions = {},
): Problem => new Problem(code, detail, { ...options, errors: [{ at, code, detail }] });

/** A 400 that names one parameter or field. */
export const parameterProblem = (at: string, detail: string): Problem =>
  problem("parameter-invalid", at, detail);

/** A 400 that names every parameter and field at fault. */
export const fieldsProblem = (errors: readonly FieldError[]): Problem => {
  const detail = errors.map((error) => `${error.at}: ${error.detail}`).join("; ");
  return new Problem("parameter-invalid", detail, { errors });
};

export const routeProblem = (method: string, path: string): Problem =>
  problem("route-unknown", "path", `There is no ${method} ${path}.`);
