import type middy from "@middy/core";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import type { HttpAnswer } from "./answer.ts";
import type { RateState } from "./rate-limiter.ts";

/** The sender of a request; `site` is the only one it may report for, undefined: any. */
export interface Caller {
  readonly keyId: string;
  readonly site: string | undefined;
}

/** The caller of a function that needs no key, or of a request that came without a known one. */
export const nobody: Caller = { keyId: "none", site: undefined };

/** Adds facts to the request's line in the log; nothing secret. */
export type Tell = (facts: Readonly<Record<string, unknown>>) => void;

/** Lambda's context, and what the middlewares add for the function. */
export interface HttpContext extends Context {
  caller: Caller;
  tell: Tell;
  /** Counts samples against what the caller may send in a minute. */
  spend: (samples: number) => void;
}

/** State of one request that a middleware keeps for its later hooks. */
export type HttpState = {
  startedMs?: number;
  facts?: Readonly<Record<string, unknown>>;
  rate?: RateState;
};

export type HttpRequest = middy.Request<
  APIGatewayProxyEventV2,
  HttpAnswer,
  Error,
  HttpContext,
  HttpState
>;

export type HttpMiddleware = middy.MiddlewareObj<
  APIGatewayProxyEventV2,
  HttpAnswer,
  Error,
  HttpContext,
  HttpState
>;
