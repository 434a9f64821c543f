import type pg from "pg";
import type { HoldDecision } from "../../billing/tariff.ts";
import type { TimeRange } from "../../usecases/ledger/refuse-settled.ts";
import { type RulingRow, selectRulings } from "./queries/select-rulings.ts";

/** What operators ruled on stretches of one series. */
export interface Rulings {
  /** The stretches that were discarded. */
  readonly discards: readonly TimeRange[];
  /** What was decided on held increases, in the order of the decisions. */
  readonly holdDecisions: readonly HoldDecision[];
}

export type RulingsOf = (seriesId: number) => Rulings;

const none: Rulings = { discards: [], holdDecisions: [] };

export const noRulings: RulingsOf = () => none;

export async function readRulings(
  client: pg.ClientBase,
  seriesIds: readonly number[],
): Promise<RulingsOf> {
  const rows = await selectRulings(client, seriesIds);
  if (rows.length === 0) return noRulings;
  const bySeries = Map.groupBy(rows, (row) => row.series_id);
  return (seriesId) => toRulings(bySeries.get(seriesId) ?? []);
}

function toRulings(rows: readonly RulingRow[]): Rulings {
  const ranges = rows.map(({ ruling, from_ms: fromMs, until_ms: untilMs }) => ({
    ruling,
    range: { fromMs, untilMs },
  }));
  return {
    discards: ranges.flatMap(({ ruling, range }) => (ruling === "discarded" ? [range] : [])),
    holdDecisions: ranges.flatMap(({ ruling, range }) =>
      ruling === "discarded" ? [] : [{ ...range, isAccepted: ruling === "accepted" }],
    ),
  };
}
