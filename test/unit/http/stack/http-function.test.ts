import { expect, test } from "@jest/globals";
import { pino } from "pino";
import { type KeySource, parseApiKeys } from "../../../../lib/http/stack/api-keys.ts";
import { type HttpFunction, httpFunction } from "../../../../lib/http/stack/http-function.ts";
import { RateLimiter } from "../../../../lib/http/stack/rate-limiter.ts";
import { apiKeysJson, keys } from "../../../support/api-keys.ts";
import { httpEvent, lambdaContext } from "../../../support/http-event.ts";

const lines: string[] = [];
const logger = pino({ base: null }, { write: (line: string) => void lines.push(line) });
const echo: HttpFunction["handle"] = async (_event, { caller }) => ({
  statusCode: 200,
  headers: {},
  body: caller.keyId,
});
const known: KeySource = {
  anonymousScopes: new Set(),
  apiKeys: async () => parseApiKeys(apiKeysJson),
};
const event = (headers: Record<string, string>) => httpEvent({ method: "GET", path: "/", headers });

test("a function that needs no key is called by nobody in particular", async () => {
  const handler = httpFunction({ scope: null, logger, handle: echo });
  expect((await handler(event({ "x-api-key": keys.read }), lambdaContext)).body).toBe("none");
});

test("one key's requests are limited, and the refusal has headers, an answer and a line", async () => {
  const rateLimiter = new RateLimiter(1, () => 0);
  const handler = httpFunction({ scope: "ingest", keys: known, rateLimiter, logger, handle: echo });
  const call = () => handler(event({ "x-api-key": keys.ingest }), lambdaContext);
  expect((await call()).statusCode).toBe(200);
  lines.length = 0;
  expect(await call()).toMatchObject({
    statusCode: 429,
    headers: { "retry-after": "60", ratelimit: '"requests";r=0;t=60' },
  });
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { status: 429, code: "rate-limited", keyId: "the-ingest-key" },
  ]);
});

test("requests that overlap do not mistake each other's callers, even in one context", async () => {
  const handler = httpFunction({
    scope: "read",
    keys: known,
    reads: "prices",
    logger,
    handle: echo,
  });
  const answers = await Promise.all(
    [keys.read, keys.admin, "wrong"].map((key) =>
      handler(event({ "x-api-key": key }), lambdaContext),
    ),
  );
  expect(answers.slice(0, 2).map(({ body }) => body)).toEqual(["the-read-key", "the-admin-key"]);
  expect(answers[2]?.statusCode).toBe(401);
});
