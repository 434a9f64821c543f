import type { Logger } from "pino";
import type { HttpMiddleware, HttpRequest } from "./http-context.ts";
import { toProblem } from "./problem-answers.ts";

const detailLengthMax = 300;

/** Writes one line for each request, with the id of its key, never the key. */
export const requestLog = (logger: Logger): HttpMiddleware => ({
  before: ({ context, internal }) => {
    internal.startedMs = performance.now();
    context.tell = (facts) => {
      internal.facts = { ...internal.facts, ...facts };
    };
  },
  after: (request) => logger.info(lineOf(request), "request answered"),
  onError: (request) => {
    const { code, message, status } = toProblem(request.error);
    if (status >= 500) logger.error({ ...lineOf(request), err: request.error }, "request failed");
    // With the detail, because senders often do not read it and ask the operator.
    else {
      const refusal = { code, detail: message.slice(0, detailLengthMax) };
      logger.info({ ...lineOf(request), ...refusal }, "request refused");
    }
  },
});

const lineOf = ({ event, context, response, internal }: HttpRequest) => ({
  method: event.requestContext.http.method,
  path: event.rawPath,
  status: response?.statusCode,
  durationMs: Math.round(performance.now() - (internal.startedMs ?? Number.NaN)),
  keyId: context.caller.keyId,
  ...internal.facts,
});
