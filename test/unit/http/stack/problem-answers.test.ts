import { expect, test } from "@jest/globals";
import { MalformedBody } from "../../../../lib/formats/decoded.ts";
import {
  fieldsProblem,
  Problem,
  parameterProblem,
  problem,
} from "../../../../lib/http/stack/problem.ts";
import { problemAnswers } from "../../../../lib/http/stack/problem-answers.ts";
import { IdempotencyKeyReused } from "../../../../lib/usecases/grants/idempotent.ts";
import { SiteForbidden } from "../../../../lib/usecases/ingest/receive-measurements.ts";
import { Unavailable } from "../../../../lib/usecases/unavailable.ts";
import { httpRequest } from "./http-request.ts";

function answerTo(error: Error) {
  const request = httpRequest({}, { error });
  problemAnswers().onError?.(request);
  const { statusCode, headers = {}, body = "" } = request.response ?? {};
  return { statusCode, headers, body: JSON.parse(body) };
}

test("a problem is answered as RFC 9457 has it, with the one thing at fault", () => {
  expect(answerTo(parameterProblem("time", "send a time"))).toEqual({
    statusCode: 400,
    headers: { "content-type": "application/problem+json; charset=utf-8" },
    body: {
      type: "urn:openstack-credits:problem:parameter-invalid",
      title: "Bad Request",
      status: 400,
      code: "parameter-invalid",
      detail: "send a time",
      errors: [{ at: "time", code: "parameter-invalid", detail: "send a time" }],
    },
  });
});

test("several fields at fault are each named", () => {
  const errors = ["credits", "reason"].map((at) => ({
    at,
    code: "parameter-invalid",
    detail: "x",
  }));
  expect(answerTo(fieldsProblem(errors)).body).toMatchObject({
    detail: "credits: x; reason: x",
    errors,
  });
});

test("a problem keeps its headers, and what it has besides", () => {
  const members = { accepted: 1 };
  const given = new Problem("measurements-refused", "x", { members, headers: { "x-own": "1" } });
  const { headers, body } = answerTo(given);
  expect(headers).toMatchObject({ "x-own": "1" });
  expect(body).toMatchObject({ accepted: 1 });
  expect(body).not.toHaveProperty("errors");
});

test.each<[Error, number, string]>([
  [new MalformedBody("json-invalid", "x"), 400, "json-invalid"],
  [new MalformedBody("body-too-large", "x"), 413, "body-too-large"],
  [new MalformedBody("samples-too-many", "x"), 413, "samples-too-many"],
  [new SiteForbidden("x"), 403, "site-forbidden"],
  [new IdempotencyKeyReused("x"), 422, "idempotency-key-reused"],
  [new Unavailable("the password is secret"), 503, "unavailable"],
  [new Error("the password is secret"), 500, "internal"],
  [problem("json-invalid", "body", "x"), 400, "json-invalid"],
])("%s is answered with %i and %s", (error, status, code) => {
  const { statusCode, body } = answerTo(error);
  expect([statusCode, body.status, body.code]).toEqual([status, status, code]);
  expect(JSON.stringify(body)).not.toContain("secret");
});

test("a part that is away is to be asked again soon", () => {
  expect(answerTo(new Unavailable("x")).headers).toMatchObject({ "retry-after": "5" });
});
