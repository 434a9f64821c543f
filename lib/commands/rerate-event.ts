import * as z from "zod/mini";
import { parseBy } from "../config.ts";
import { readRfc3339 } from "../formats/read-time.ts";
import { priceRule, readPrice } from "../settings/price.ts";
import { readText } from "../settings/read-by.ts";
import { checkOrder } from "../usecases/operations/rerate.ts";
import type { RerateRequest } from "./rerate-order.ts";

const name = z.string("must be a text");
const nameOrAll = z.nullable(z.string("must be a text, or null"));
const instant = readText(readRfc3339, "must be an instant such as 2026-11-23T09:00:00Z");
const price = "must be {metric, credits, from}";
const Event = z.strictObject(
  {
    scope: z.strictObject(
      { projectName: nameOrAll, site: nameOrAll },
      "must be {projectName, site}, each a text or null",
    ),
    since: instant,
    prices: z._default(
      z.array(
        z.strictObject(
          {
            metric: name,
            credits: readText(readPrice, `must be a text: ${priceRule}`),
            from: instant,
          },
          price,
        ),
        `must be a list: each ${price}`,
      ),
      [],
    ),
    actor: name,
    reason: name,
    dryRun: z.boolean("must be true or false"),
  },
  "must be {scope, since, prices?, actor, reason, dryRun}",
);

/** The order in the event that `rerate-measurements` is invoked with; throws where it makes none. */
export function readRerateEvent(event: unknown): RerateRequest {
  const { since: sinceMs, prices, dryRun, ...rest } = parseBy(Event, event, "event");
  const order = {
    ...rest,
    sinceMs,
    prices: prices.map(({ from: fromMs, ...one }) => ({ ...one, fromMs })),
  };
  checkOrder(order, Date.now());
  return { order, dryRun };
}
