import { assetAnswer } from "../lib/http/stack/answer.ts";
import { httpFunction } from "../lib/http/stack/http-function.ts";
import { routeProblem } from "../lib/http/stack/problem.ts";
import { logger } from "../lib/logger.ts";
import { findAsset, readAssets } from "../lib/web/assets.ts";

const assets = readAssets();

export const handler = httpFunction({
  scope: null,
  logger,
  handle: async (event) => {
    const asset = findAsset(assets, event.pathParameters?.["asset"] ?? "");
    if (asset === undefined) throw routeProblem("GET", event.rawPath);
    return assetAnswer(asset.contentType, asset.body);
  },
});
