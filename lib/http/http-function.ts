import middy from "@middy/core";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { Logger } from "pino";
import type { HttpAnswer } from "./answer.ts";
import type { Scope } from "./api-keys.ts";
import { authenticate, type Caller, type KeyPolicy } from "./authenticate.ts";
import { problemAnswer, toProblem } from "./problem.ts";

export interface HttpFunction {
  /** What the caller's key must permit; null: no key is needed. */
  readonly scope: Scope | null;
  readonly keys?: KeyPolicy;
  readonly logger: Logger;
  readonly handle: (event: APIGatewayProxyEventV2, caller: Caller) => Promise<HttpAnswer>;
}

const nobody: Caller = { keyId: "none", site: undefined };
const noKeys: KeyPolicy = { apiKeys: [], anonymousScopes: new Set() };

/**
 * The one stack of every HTTP function: key, answer, log line. Whatever is thrown becomes a problem
 * here and nowhere else, and is logged once; the key's id is in every line, the key in none.
 */
export function httpFunction({ scope, keys = noKeys, logger, handle }: HttpFunction) {
  const started = new WeakMap<object, number>();
  const callers = new WeakMap<object, Caller>();

  const log = (event: APIGatewayProxyEventV2, answer: HttpAnswer, error: unknown) => {
    const line = {
      method: event.requestContext.http.method,
      path: event.rawPath,
      status: answer.statusCode,
      durationMs: Math.round(performance.now() - (started.get(event) ?? Number.NaN)),
      keyId: callers.get(event)?.keyId ?? nobody.keyId,
    };
    if (answer.statusCode >= 500) logger.error({ ...line, err: error }, "request failed");
    else if (error !== null)
      logger.info({ ...line, refused: toProblem(error).code }, "request refused");
    else logger.info(line, "request answered");
  };

  return middy<APIGatewayProxyEventV2, HttpAnswer>()
    .before(({ event }) => {
      started.set(event, performance.now());
      if (scope !== null) callers.set(event, authenticate(event.headers, scope, keys));
    })
    .after(({ event, response }) => log(event, response as HttpAnswer, null))
    .onError((request) => {
      const answer = problemAnswer(toProblem(request.error));
      log(request.event, answer, request.error);
      request.response = answer;
    })
    .handler((event) => handle(event, callers.get(event) ?? nobody));
}
