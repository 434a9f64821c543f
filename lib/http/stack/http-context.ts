import type middy from "@middy/core";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import type { HttpAnswer } from "./answer.ts";
import type { PresentedLink } from "./project-links.ts";
import type { ProjectState } from "./project-state.ts";
import type { RateState } from "./rate-limiter.ts";

/** The sender of a request. */
export interface Caller {
  readonly keyId: string;
  /** The only site that it may report for, or read projects of; undefined: any. */
  readonly site: string | undefined;
  /** The only projects that it may read; undefined: any. */
  readonly projects: readonly string[] | undefined;
  /** It came by a link instead of a key. */
  readonly link: PresentedLink | undefined;
}

/** The caller of a function that needs no key, or of a request that came without a known one. */
export const nobody: Caller = {
  keyId: "none",
  site: undefined,
  projects: undefined,
  link: undefined,
};

/** Adds facts to the request's line in the log; nothing secret. */
export type Tell = (facts: Readonly<Record<string, unknown>>) => void;

/** Lambda's context, and what the middlewares add for the function. */
export interface HttpContext extends Context {
  caller: Caller;
  /** The project that is read, where a function reads one; undefined: there is no such project. */
  project: ProjectState | undefined;
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
