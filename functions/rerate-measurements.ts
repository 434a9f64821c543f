import type { Context } from "aws-lambda";
import * as z from "zod";
import { CREDITS_SCALE, formatDecimal, PRICE_SCALE, parseDecimal } from "../lib/billing/decimal.ts";
import { loadConfig } from "../lib/config.ts";
import { logger } from "../lib/logger.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { reratePorts } from "../lib/postgres/operations/rerate.ts";
import { checkOrder, rerate } from "../lib/usecases/operations/rerate.ts";

const config = loadConfig(["database"]);
const limits = { connectionsMax: 1, statementTimeoutMs: 600_000 };
const ports = reratePorts(createPool(config.database, limits));
const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const credits = z.string().transform((text) => parseDecimal(text, PRICE_SCALE));
const price = z.strictObject({ metric: z.string(), credits, from: instant });
const orders = z.strictObject({
  scope: z.strictObject({ projectName: z.string().nullable(), site: z.string().nullable() }),
  since: instant,
  prices: z.array(price.transform(({ from, ...rest }) => ({ ...rest, fromMs: from }))).default([]),
  actor: z.string(),
  reason: z.string(),
  dryRun: z.boolean(),
});

/** Ends in time; `finished: false` asks to be invoked again with the same event. */
export const handler = async (event: unknown, context: Context) => {
  const { since: sinceMs, dryRun, ...rest } = orders.parse(event);
  const order = { ...rest, sinceMs };
  checkOrder(order, Date.now());
  let finished = true;
  const shouldStop = () => {
    if (context.getRemainingTimeInMillis() < 120_000) finished = false;
    return !finished;
  };
  for await (const { credits, ...one } of rerate(order, ports, { dryRun, shouldStop })) {
    logger.info({ ...one, credits: formatDecimal(credits, CREDITS_SCALE) }, "project re-rated");
  }
  return { finished };
};
