import { textAnswer } from "../lib/http/answer.ts";
import { httpFunction } from "../lib/http/http-function.ts";
import { logger } from "../lib/logger.ts";

export const handler = httpFunction({
  scope: null,
  logger,
  handle: async () => textAnswer("Pong"),
});
