import { textAnswer } from "../lib/http/stack/answer.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { logger } from "../lib/logger.ts";

export const handler = httpFunction({
  scope: null,
  logger,
  handle: async () => textAnswer("Pong"),
});
