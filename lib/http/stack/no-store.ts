import type { HttpMiddleware, HttpRequest } from "./http-context.ts";

/** Forbids every cache to keep an answer that needs a key: it would hand it to those who have none. */
export const noStore: HttpMiddleware = { after: forbidCaches, onError: forbidCaches };

function forbidCaches(request: HttpRequest): void {
  const { response } = request;
  if (!response) return;
  request.response = {
    ...response,
    headers: { "cache-control": "no-store", ...response.headers },
  };
}
