import middy from "@middy/core";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { Logger } from "pino";
import type { HttpAnswer } from "./answer.ts";
import type { KeySource, Scope } from "./api-keys.ts";
import { authenticate, authorize, type Caller } from "./authenticate.ts";
import { problemAnswer, toProblem } from "./problem.ts";
import {
  type RateLimiter,
  type RateState,
  rateHeaders,
  rateLimited,
  rateProblem,
} from "./rate-limit.ts";

/** What a function tells of a request, for its line in the log; nothing secret. */
export type Tell = (facts: Readonly<Record<string, unknown>>) => void;

export interface HttpFunction {
  /** What the caller's key must permit; null: no key is needed. */
  readonly scope: Scope | null;
  readonly keys?: KeySource;
  /** Absent: nobody is limited. */
  readonly rateLimiter?: RateLimiter | undefined;
  readonly logger: Logger;
  readonly handle: (
    event: APIGatewayProxyEventV2,
    caller: Caller,
    tell: Tell,
  ) => Promise<HttpAnswer>;
}

const nobody: Caller = { keyId: "none", site: undefined };
const detailLengthMax = 300;

/** What the sender was told: whoever reads the log has to tell it again, to someone who does not. */
function refusedFor(error: unknown) {
  const { code, message } = toProblem(error);
  return { refused: code, detail: message.slice(0, detailLengthMax) };
}

const noKeys: KeySource = { apiKeys: async () => [], anonymousScopes: new Set() };

/**
 * The one stack of every HTTP function: key, answer, log line. Whatever is thrown becomes a problem
 * here and nowhere else, and is logged once; the key's id is in every line, the key in none.
 */
export function httpFunction({ scope, keys = noKeys, rateLimiter, logger, handle }: HttpFunction) {
  const started = new WeakMap<object, number>();
  const callers = new WeakMap<object, Caller>();
  const rates = new WeakMap<object, RateState>();
  const told = new WeakMap<object, Readonly<Record<string, unknown>>>();

  const log = (event: APIGatewayProxyEventV2, answer: HttpAnswer, error: unknown) => {
    const line = {
      method: event.requestContext.http.method,
      path: event.rawPath,
      status: answer.statusCode,
      durationMs: Math.round(performance.now() - (started.get(event) ?? Number.NaN)),
      keyId: callers.get(event)?.keyId ?? nobody.keyId,
      ...told.get(event),
    };
    if (answer.statusCode >= 500) logger.error({ ...line, err: error }, "request failed");
    else if (error !== null) logger.info({ ...line, ...refusedFor(error) }, "request refused");
    else logger.info(line, "request answered");
  };

  const takeRate = (event: APIGatewayProxyEventV2, caller: Caller) => {
    const state = rateLimiter?.take(rateLimited(event, caller));
    if (state === undefined) return;
    rates.set(event, state);
    if (state.retryAfterSeconds > 0) throw rateProblem(event, state);
  };

  const withRate = (event: APIGatewayProxyEventV2, answer: HttpAnswer): HttpAnswer => {
    const state = rates.get(event);
    if (state === undefined) return answer;
    return { ...answer, headers: { ...rateHeaders(state), ...answer.headers } };
  };

  return middy<APIGatewayProxyEventV2, HttpAnswer>()
    .before(async ({ event }) => {
      started.set(event, performance.now());
      if (scope === null) return;
      const caller = await authenticate(event.headers, scope, keys);
      callers.set(event, caller);
      authorize(caller, scope);
      takeRate(event, caller);
    })
    .after((request) => {
      request.response = withRate(request.event, request.response as HttpAnswer);
      log(request.event, request.response, null);
    })
    .onError((request) => {
      const answer = withRate(request.event, problemAnswer(toProblem(request.error)));
      log(request.event, answer, request.error);
      request.response = answer;
    })
    .handler((event) => {
      const tell: Tell = (facts) => void told.set(event, { ...told.get(event), ...facts });
      return handle(event, callers.get(event) ?? nobody, tell);
    });
}
