import type pg from "pg";
import { formatDecimal, PRICE_SCALE, parseDecimal } from "../../../lib/billing/decimal.ts";
import type { HourlyCosts } from "../../../lib/billing/hourly-costs.ts";

import type { Measurement, SeriesKey } from "../../../lib/billing/measurement.ts";
import { inTransaction } from "../../../lib/postgres/database/in-transaction.ts";
import {
  insertTariffs,
  type NewTariff,
} from "../../../lib/postgres/ledger/queries/insert-tariffs.ts";
import { type LedgerState, readLedgerState } from "./ledger-state.ts";
import type { ManySeries, SentMeasurement } from "./many-series.ts";
import type { PlainDecision, PlainTariff } from "./reference-billing.ts";

/**
 * Projects and metrics of one try of a property, apart from those of every other in the same
 * database: their names end with the try's.
 */
export class DatabaseWorld {
  readonly #pool: pg.Pool;
  readonly #suffix: string;

  constructor(pool: pg.Pool, suffix: string) {
    this.#pool = pool;
    this.#suffix = suffix;
  }

  key(key: SeriesKey): SeriesKey {
    const { projectName, metric, ...rest } = key;
    return { ...rest, projectName: this.name(projectName), metric: this.name(metric) };
  }

  name(name: string): string {
    return `${name} ${this.#suffix}`;
  }

  measurement({ key, sample }: SentMeasurement): Measurement {
    return { ...this.key(key), ...sample };
  }

  async applyTariffs({ metrics, tariffOf }: ManySeries): Promise<void> {
    const rows = metrics.flatMap((metric) => toRows(this.name(metric), tariffOf(metric)));
    await inTransaction(this.#pool, (client) =>
      insertTariffs(client, rows, { actor: "test", rerateId: null }),
    );
  }

  /** The use of this world's series, by the key as the property knows it, in JSON. */
  async hoursOf(
    keys: readonly SeriesKey[],
    state?: LedgerState,
  ): Promise<Map<string, HourlyCosts>> {
    const { hours } = state ?? (await readLedgerState(this.#pool));
    return new Map(
      keys.map((key) => {
        const { projectName, metric, site, resource } = this.key(key);
        const name = [projectName, metric, site, resource].join("/");
        return [JSON.stringify(key), hours.get(name) ?? new Map()];
      }),
    );
  }

  /** What was decided on held increases, by the key of the series in JSON, in the order of the decisions. */
  async holdDecisions(): Promise<ReadonlyMap<string, readonly PlainDecision[]>> {
    const { rows } = await this.#pool.query<{ key: SeriesKey; decision: PlainDecision }>(`
      select json_build_object('site', site, 'resource', resource, 'projectName', project_name, 'metric', metric)
               as key,
             json_build_object('fromMs', round(extract(epoch from from_time) * 1000),
                               'untilMs', round(extract(epoch from until_time) * 1000),
                               'isAccepted', decision = 'accepted') as decision
        from hold_decisions join series using (series_id) join projects using (project_id)
       order by decision_id`);
    const byKey = Map.groupBy(rows, ({ key }) => JSON.stringify(key));
    return new Map([...byKey].map(([key, own]) => [key, own.map(({ decision }) => decision)]));
  }

  async usedCredits(projectName: string, state?: LedgerState): Promise<bigint> {
    const { usedCredits } = state ?? (await readLedgerState(this.#pool));
    return usedCredits.get(this.name(projectName)) ?? 0n;
  }
}

// No history of a property is longer; the column has no infinity.
const longestGapMs = 10 ** 12;

const toRows = (metric: string, { kind, periods }: PlainTariff): NewTariff[] =>
  periods.map(({ fromMs, credits, dipWindowMs, maxGapMs, maxRate }) => ({
    metric,
    kind,
    unit: "units",
    dipWindowMs: Number.isFinite(dipWindowMs) ? dipWindowMs : null,
    maxGapMs: Math.min(maxGapMs, longestGapMs),
    maxRate,
    credits: formatDecimal(parseDecimal(credits, PRICE_SCALE), PRICE_SCALE),
    validFrom: Number.isFinite(fromMs) ? new Date(fromMs).toISOString() : "-infinity",
  }));
