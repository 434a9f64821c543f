import middy from "@middy/core";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import type { Logger } from "pino";
import type { HttpAnswer } from "./answer.ts";
import type { KeySource, Scope } from "./api-keys.ts";
import { authentication } from "./authentication.ts";
import { compression } from "./compression.ts";
import { type HttpContext, type HttpState, nobody } from "./http-context.ts";
import { noStore } from "./no-store.ts";
import { problemAnswers } from "./problem-answers.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { rateLimiting, sampleLimiting } from "./rate-limiting.ts";
import { requestLog } from "./request-log.ts";

/** The scope that a caller's key must have, null where no key is needed, and the keys that there are. */
type Access =
  | { readonly scope: null }
  | {
      readonly scope: Scope;
      readonly keys: KeySource;
      /** Absent: nobody is limited. */
      readonly rateLimiter?: RateLimiter | undefined;
      /** The same of samples. */
      readonly sampleLimiter?: RateLimiter | undefined;
    };

export type HttpFunction = Access & {
  readonly logger: Logger;
  readonly handle: (event: APIGatewayProxyEventV2, context: HttpContext) => Promise<HttpAnswer>;
};

/**
 * The one stack of every HTTP function. Middy runs `before` in this order, `after` and `onError` in the
 * opposite one: an error becomes an answer first, and the line in the log is written last.
 */
export function httpFunction({ logger, handle, ...access }: HttpFunction) {
  const stack = middy<APIGatewayProxyEventV2, HttpAnswer, Error, HttpContext, HttpState>()
    .use([requestLog(logger), ...accessControl(access), compression, problemAnswers])
    .handler(handle);
  return (event: APIGatewayProxyEventV2, context: Context): Promise<HttpAnswer> =>
    stack(event, { ...context, caller: nobody, tell: () => undefined, spend: () => undefined });
}

function accessControl(access: Access) {
  if (access.scope === null) return [];
  const { scope, keys, rateLimiter, sampleLimiter } = access;
  const limiting = [
    ...(sampleLimiter === undefined ? [] : [sampleLimiting(sampleLimiter)]),
    ...(rateLimiter === undefined ? [] : [rateLimiting(rateLimiter)]),
  ];
  return [noStore, authentication(scope, keys), ...limiting];
}
