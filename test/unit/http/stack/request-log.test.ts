import { expect, test } from "@jest/globals";
import { pino } from "pino";
import { parameterProblem } from "../../../../lib/http/stack/problem.ts";
import { requestLog } from "../../../../lib/http/stack/request-log.ts";
import { Unavailable } from "../../../../lib/usecases/unavailable.ts";
import { answer, httpRequest } from "./http-request.ts";

/** The line of a request that ends like this, after `tell` was told so much. */
function lineOf(end: { readonly error?: Error; readonly status?: number }, ...facts: object[]) {
  const lines: string[] = [];
  const log = requestLog(pino({ base: null }, { write: (line: string) => void lines.push(line) }));
  const request = httpRequest({ method: "POST", path: "/write" }, { keyId: "exporter" });
  log.before?.(request);
  for (const fact of facts) request.context.tell({ ...fact });
  request.response = { ...answer, statusCode: end.status ?? 200 };
  request.error = end.error;
  (end.error === undefined ? log.after : log.onError)?.(request);
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? "");
}

test("the line of an answer says whose it was, how it ended, and what the function told", () => {
  expect(lineOf({ status: 204 }, { bytes: 1, format: "json" }, { format: "openmetrics" })).toEqual({
    level: 30,
    time: expect.any(Number),
    msg: "request answered",
    method: "POST",
    path: "/write",
    status: 204,
    durationMs: expect.any(Number),
    keyId: "exporter",
    bytes: 1,
    format: "openmetrics",
  });
});

test("the line of a refusal has its code and the beginning of its detail", () => {
  const line = lineOf({ error: parameterProblem("time", "x".repeat(301)), status: 400 });
  expect(line).toMatchObject({
    level: 30,
    msg: "request refused",
    status: 400,
    code: "parameter-invalid",
    detail: "x".repeat(300),
  });
});

test.each([new Error("a bug"), new Unavailable("the queue is away")])(
  "%s is logged as an error",
  (error) => {
    const line = lineOf({ error, status: 503 });
    expect(line).toMatchObject({
      level: 50,
      msg: "request failed",
      err: { message: error.message },
    });
  },
);
