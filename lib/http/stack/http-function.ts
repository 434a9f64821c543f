import middy from "@middy/core";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import type { Logger } from "pino";
import type { HttpAnswer } from "./answer.ts";
import type { KeySource, Scope } from "./api-keys.ts";
import { authentication } from "./authentication.ts";
import { compression } from "./compression.ts";
import { type HttpContext, type HttpState, nobody } from "./http-context.ts";
import { noStore } from "./no-store.ts";
import { problemAnswers, type WriteProblem } from "./problem-answers.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { rateLimiting, sampleLimiting } from "./rate-limiting.ts";
import { readAccess, type Subject } from "./read-access.ts";
import { requestLog } from "./request-log.ts";
import type { SigningKey } from "./signed-token.ts";
import { answeredOnce, unchanged } from "./unchanged.ts";

/** The scope that a caller's key must have, null where no key is needed, and the keys that there are. */
type Access =
  | { readonly scope: null }
  | {
      readonly scope: "read";
      readonly keys: KeySource;
      readonly reads: Subject;
      /** Of pages that belong to no project; those of projects have their own. */
      readonly sessionKeys?: readonly SigningKey[];
    }
  | {
      readonly scope: Exclude<Scope, "read">;
      readonly keys: KeySource;
      /** Absent: nobody is limited. */
      readonly rateLimiter?: RateLimiter | undefined;
      /** The same of samples. */
      readonly sampleLimiter?: RateLimiter | undefined;
    };

export type HttpFunction = Access & {
  readonly logger: Logger;
  readonly handle: (event: APIGatewayProxyEventV2, context: HttpContext) => Promise<HttpAnswer>;
  /** For functions that a person's browser opens. */
  readonly writeProblem?: WriteProblem;
};

/**
 * The one stack of every HTTP function. Middy runs `before` in this order, `after` and `onError` in the
 * opposite one: an error becomes an answer first, and the line in the log is written last.
 */
export function httpFunction({ logger, handle, writeProblem, ...access }: HttpFunction) {
  const stack = middy<APIGatewayProxyEventV2, HttpAnswer, Error, HttpContext, HttpState>()
    .use([
      requestLog(logger),
      ...accessControl(access),
      compression,
      unchanged,
      problemAnswers(writeProblem),
    ])
    .handler(sparing(handle, access));
  return (event: APIGatewayProxyEventV2, context: Context): Promise<HttpAnswer> =>
    stack(event, {
      ...context,
      caller: nobody,
      project: undefined,
      tell: () => undefined,
      spend: () => undefined,
    });
}

function accessControl(access: Access) {
  if (access.scope === null) return [];
  if (access.scope === "read") return [noStore, ...readControl(access)];
  const { scope, keys, rateLimiter, sampleLimiter } = access;
  const limiting = [
    ...(sampleLimiter === undefined ? [] : [sampleLimiting(sampleLimiter)]),
    ...(rateLimiter === undefined ? [] : [rateLimiting(rateLimiter)]),
  ];
  return [noStore, authentication(scope, keys), ...limiting];
}

function readControl({ keys, reads, sessionKeys }: Extract<Access, { readonly scope: "read" }>) {
  const linkKeys = typeof reads === "string" ? undefined : reads.linkKeys;
  return [authentication("read", keys, linkKeys, sessionKeys ?? linkKeys), readAccess(reads)];
}

/** A function that asks the ledger only for what the caller does not have. */
function sparing(handle: HttpFunction["handle"], access: Access): HttpFunction["handle"] {
  if (access.scope !== "read" || typeof access.reads === "string") return handle;
  const { freshness, lateDays } = access.reads;
  return answeredOnce(handle, freshness, lateDays);
}
