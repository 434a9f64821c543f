import contentEncoding from "@middy/http-content-encoding";
import contentNegotiation from "@middy/http-content-negotiation";
import type { HttpMiddleware, HttpRequest } from "./http-context.ts";

// A smaller answer fits into one packet as it is.
const smallestBytes = 1_000;

const negotiation = contentNegotiation({
  parseCharsets: false,
  parseLanguages: false,
  parseMediaTypes: false,
  availableEncodings: ["gzip"],
  failOnMismatch: false,
});
const encoding = contentEncoding();

/** Compresses the answers by gzip for those who take it, because API Gateway's HTTP APIs do not. */
export const compression: HttpMiddleware = {
  before: (request) => negotiation.before?.(request as never),
  after: compress,
  onError: compress,
};

async function compress(request: HttpRequest): Promise<void> {
  const { response } = request;
  if (!response || response.body.length < smallestBytes) return;
  // The library writes into the headers, and those of some answers are shared.
  request.response = { ...response, headers: { ...response.headers } };
  await encoding.after?.(request as never);
}
