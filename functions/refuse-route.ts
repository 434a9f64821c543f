import { httpFunction } from "../lib/http/stack/http-function.ts";
import { routeProblem } from "../lib/http/stack/problem.ts";
import { logger } from "../lib/logger.ts";

export const handler = httpFunction({
  scope: null,
  logger,
  handle: async (event) => {
    throw routeProblem(event.requestContext.http.method, event.rawPath);
  },
});
