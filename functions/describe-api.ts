import { jsonTextAnswer, pageAnswer } from "../lib/http/stack/answer.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { tagged } from "../lib/http/stack/unchanged.ts";
import { logger } from "../lib/logger.ts";
import { readApiDescription } from "../lib/web/api/api-description.ts";
import { apiDocument } from "../lib/web/api/api-page.ts";
import { readAssets } from "../lib/web/assets.ts";

const text = readApiDescription();
const page = apiDocument(JSON.parse(text), readAssets());
const [forPrograms, forPeople] = [
  tagged(jsonTextAnswer(200, text), text),
  tagged(pageAnswer(200, page), page),
];

export const handler = httpFunction({
  scope: null,
  logger,
  handle: async ({ rawPath }) => (rawPath.endsWith("/api/doc") ? forPeople : forPrograms),
});
