import { gunzipSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import { pino } from "pino";
import type { HttpAnswer } from "../../../../lib/http/stack/answer.ts";
import { httpFunction } from "../../../../lib/http/stack/http-function.ts";
import { problem } from "../../../../lib/http/stack/problem.ts";
import { httpEvent, lambdaContext } from "../../../support/http-event.ts";

const logger = pino({ enabled: false });
const long = "müller ".repeat(500);

const ask = (handle: () => HttpAnswer, headers: Record<string, string> = {}) =>
  httpFunction({ scope: null, logger, handle: async () => handle() })(
    httpEvent({ method: "GET", path: "/", headers }),
    lambdaContext,
  );
const answer = (body: string) => () => ({ statusCode: 200, headers: { "x-own": "1" }, body });
const inflated = ({ body }: HttpAnswer) => gunzipSync(Buffer.from(body, "base64")).toString();

test.each(["gzip", "br, gzip", "GZIP;q=0.5", "*", "gzip, deflate, br, zstd"])(
  "who accepts %s gets a long answer compressed by gzip",
  async (accepted) => {
    const compressed = await ask(answer(long), { "Accept-Encoding": accepted });
    expect(compressed).toMatchObject({
      statusCode: 200,
      isBase64Encoded: true,
      headers: { "x-own": "1", "Content-Encoding": "gzip", Vary: "Accept-Encoding" },
    });
    expect(compressed.body.length).toBeLessThan(500);
    expect(inflated(compressed)).toBe(long);
  },
);

test.each([undefined, "", "br", "identity", "gzip;q=0"])(
  "who accepts %s gets it as it is",
  async (accepted) => {
    const headers = accepted === undefined ? {} : { "Accept-Encoding": accepted };
    expect(await ask(answer(long), headers)).toEqual(answer(long)());
  },
);

test("a short answer is sent as it is", async () => {
  expect(await ask(answer("short"), { "Accept-Encoding": "gzip" })).toEqual(answer("short")());
});

test("a long refusal is compressed, too", async () => {
  const refuse = () => {
    throw problem("parameter-invalid", "body", long);
  };
  const refused = await ask(refuse, { "Accept-Encoding": "gzip" });
  expect(refused).toMatchObject({ statusCode: 400, isBase64Encoded: true });
  expect(JSON.parse(inflated(refused)).detail).toBe(long);
});
