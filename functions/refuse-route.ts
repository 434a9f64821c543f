import { refusedRoute } from "../lib/http/refused-route.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { logger } from "../lib/logger.ts";
import { readApiDescription } from "../lib/web/api/api-description.ts";

const { paths } = JSON.parse(readApiDescription());

export const handler = httpFunction({
  scope: null,
  logger,
  handle: async (event) => {
    throw refusedRoute(event, paths);
  },
});
