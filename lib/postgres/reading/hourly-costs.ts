import { parseCredits } from "../../billing/credits.ts";
import { parseDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import { hourMs } from "../../billing/time.ts";
import type { HourCost, LedgerCosts } from "../../usecases/reading/cost-buckets.ts";
import type { Pool, Queryable } from "../database/pool.ts";
import { elementsOf } from "../database/queries/number-array.ts";
import { reading } from "./credits.ts";
import { type CostPartRow, selectCostParts } from "./queries/select-cost-parts.ts";

export interface CostsAsked {
  readonly projectName: string;
  readonly fromMs: number;
  readonly untilMs: number;
  /** null: all of them. */
  readonly metric: string | null;
  readonly site: string | null;
  /** Whether sites and resources are told apart. */
  readonly bySite: boolean;
  readonly byResource: boolean;
}

/** What a project used hour by hour; undefined: no such project. Throws `Unavailable`. */
export const readHourlyCosts = (pool: Pool, asked: CostsAsked): Promise<LedgerCosts | undefined> =>
  reading(() => readCosts(pool, asked));

/** The same within a transaction. */
export async function readCosts(
  client: Queryable,
  asked: CostsAsked,
): Promise<LedgerCosts | undefined> {
  const { projectName, metric, site, fromMs, untilMs } = asked;
  const [from, until] = [new Date(fromMs), new Date(untilMs)];
  const rows = await selectCostParts(client, { projectName, metric, site, from, until });
  const project = rows.find((row) => row.kind === "project");
  if (project === undefined) return undefined;
  return {
    hours: rows.flatMap((row) => hoursOf(row, asked)),
    adjustments: rows.flatMap((row) =>
      row.kind === "adjustment" ? [{ atMs: row.from_ms, credits: parseCredits(row.credits) }] : [],
    ),
    corrected: rows.flatMap((row) =>
      row.kind === "correction"
        ? [{ fromMs: row.from_ms, untilMs: row.until_ms, atMs: row.at_ms }]
        : [],
    ),
    measuredFromMs: project.from_ms,
    measuredUntilMs: project.until_ms,
  };
}

function hoursOf(row: CostPartRow, { bySite, byResource }: CostsAsked): HourCost[] {
  if (row.kind !== "hour" && row.kind !== "day") return [];
  const { metric, unit } = row;
  const group = {
    metric,
    unit,
    site: bySite ? row.site : null,
    resource: byResource ? row.resource : null,
  };
  const isDay = row.kind === "day";
  const credits = isDay ? elementsOf(row.credits) : [row.credits];
  return (isDay ? elementsOf(row.usage) : [row.usage]).flatMap((usage, position) => {
    // An hour in which nothing was used is NULL; one in which all was free has no credits.
    if (usage === "NULL") return [];
    const cost = credits[position] ?? "NULL";
    return [
      {
        ...group,
        hourMs: row.from_ms + position * hourMs,
        usage: parseDecimal(usage, VALUE_SCALE),
        credits: cost === "NULL" ? 0n : parseCredits(cost),
      },
    ];
  });
}
