import { expect, test } from "@jest/globals";
import { RateLimiter } from "../../../../lib/http/stack/rate-limiter.ts";
import {
  rateHeaders,
  rateLimiting,
  rateProblem,
} from "../../../../lib/http/stack/rate-limiting.ts";
import { httpEvent } from "../../../support/http-event.ts";
import { answer, httpRequest } from "./http-request.ts";

const state = { limitPerMinute: 60, remaining: 12, resetSeconds: 48, retryAfterSeconds: 7 };

test("the headers tell policy and state as the IETF draft writes them", () => {
  expect(rateHeaders(state)).toEqual({
    "ratelimit-policy": '"requests";q=60;w=60',
    ratelimit: '"requests";r=12;t=48',
  });
});

const remoteWrite2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

test.each([
  ["/measurements", "application/json", 429],
  ["/measurements", "text/plain", 429],
  ["/measurements", remoteWrite2, 503],
  ["/write", remoteWrite2, 503],
  ["/write", "application/json", 503],
  ["/write", "text/plain", 503],
  ["/write", "", 503],
])("one request too many to %s of type %j is answered with %d", (path, type, status) => {
  const event = httpEvent({ method: "POST", path, headers: { "content-type": type } });
  expect(rateProblem(event, state, "too many")).toMatchObject({
    status,
    code: "rate-limited",
    errors: [{ at: "request", code: "rate-limited" }],
    headers: { "retry-after": "7" },
  });
});

const limiting = (perMinute: number) => rateLimiting(new RateLimiter(perMinute, () => 0));
type Limiting = ReturnType<typeof limiting>;

function isTaken(middleware: Limiting, keyId: string, sourceIp = "192.0.2.1"): boolean {
  const request = httpRequest({}, { keyId });
  request.event.requestContext.http.sourceIp = sourceIp;
  try {
    middleware.before?.(request);
    return true;
  } catch {
    return false;
  }
}

test("a sender without a key is limited, too", () => {
  const middleware = limiting(2);
  const taken = [1, 2, 3].map(() => isTaken(middleware, "anonymous"));
  expect(taken).toEqual([true, true, false]);
});

test("one sender without a key does not shut out another: each address has its own rate", () => {
  const middleware = limiting(1);
  expect(isTaken(middleware, "anonymous", "192.0.2.1")).toBe(true);
  expect(isTaken(middleware, "anonymous", "192.0.2.1")).toBe(false);
  expect(isTaken(middleware, "anonymous", "192.0.2.2")).toBe(true);
});

test("a key has one rate, wherever its requests come from, and no other key's", () => {
  const middleware = limiting(1);
  expect(isTaken(middleware, "exporter", "192.0.2.1")).toBe(true);
  expect(isTaken(middleware, "exporter", "192.0.2.2")).toBe(false);
  expect(isTaken(middleware, "other", "192.0.2.1")).toBe(true);
});

test.each(["after", "onError"] as const)(
  "%s, the answer has its own headers and the rate's",
  (hook) => {
    const middleware = limiting(1);
    const request = httpRequest({}, { response: answer });
    middleware.before?.(request);
    middleware[hook]?.(request);
    expect(request.response?.headers).toEqual({
      "x-own": "1",
      "ratelimit-policy": '"requests";q=1;w=60',
      ratelimit: '"requests";r=0;t=60',
    });
  },
);

test("a request that never reached its bucket is told of none", () => {
  const request = httpRequest({}, { response: answer });
  limiting(1).onError?.(request);
  expect(request.response).toEqual(answer);
});
