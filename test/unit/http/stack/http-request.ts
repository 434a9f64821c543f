import type { HttpAnswer } from "../../../../lib/http/stack/answer.ts";
import { type HttpRequest, nobody } from "../../../../lib/http/stack/http-context.ts";
import { type Call, httpEvent, lambdaContext } from "../../../support/http-event.ts";

/** A request as middy hands it to a middleware, for tests of one middleware alone. */
export const httpRequest = (
  call: Partial<Call> = {},
  given: { readonly keyId?: string; readonly response?: HttpAnswer; readonly error?: Error } = {},
): HttpRequest => ({
  event: httpEvent({ method: "GET", path: "/", ...call }),
  context: {
    ...lambdaContext,
    caller: { ...nobody, keyId: given.keyId ?? "none" },
    project: undefined,
    tell: () => undefined,
    spend: () => undefined,
  },
  response: given.response,
  error: given.error,
  internal: {},
});

export const answer: HttpAnswer = { statusCode: 200, headers: { "x-own": "1" }, body: "" };
