import type pg from "pg";
import { parseDecimal, VALUE_SCALE } from "../../../lib/billing/decimal.ts";
import type { SeriesKey } from "../../../lib/billing/measurement.ts";
import type { Sample } from "../../../lib/billing/sample.ts";
import type { SentMeasurement } from "./many-series.ts";
import type { Operation } from "./operations.ts";

interface KeptSeries {
  readonly values: Map<number, bigint>;
  readonly discards: { readonly fromMs: number; readonly untilMs: number }[];
  floorMs: number;
}

/** Which samples count, by maps: the lowest of each time, none that is discarded or behind a floor. */
export class ReferenceSamples {
  readonly #series = new Map<string, KeptSeries & { readonly key: SeriesKey }>();

  send({ key, sample: { timeMs, value: text } }: SentMeasurement): void {
    const one = this.#of(key);
    if (timeMs <= one.floorMs || one.discards.some((range) => isIn(timeMs, range))) return;
    const value = parseDecimal(text, VALUE_SCALE);
    const kept = one.values.get(timeMs);
    if (kept === undefined || value < kept) one.values.set(timeMs, value);
  }

  /** A discard is about the series that there are. */
  operate(operation: Operation): void {
    if (operation.kind !== "discard") return;
    for (const { key, values, discards, floorMs } of this.#series.values()) {
      const isMeant = operation.site === null || operation.site === key.site;
      if (key.projectName !== operation.project || !isMeant) continue;
      discards.push(operation);
      for (const timeMs of values.keys()) {
        if (timeMs > floorMs && isIn(timeMs, operation)) values.delete(timeMs);
      }
    }
  }

  /** Where a floor comes to lie is retention's affair. */
  moveFloor(key: SeriesKey, floorMs: number): void {
    this.#of(key).floorMs = floorMs;
  }

  get keys(): readonly SeriesKey[] {
    return [...this.#series.values()].map(({ key }) => key);
  }

  /** From the floor on, ascending. */
  samplesOf(key: SeriesKey): readonly Sample[] {
    const { values, floorMs } = this.#of(key);
    return [...values]
      .map(([timeMs, value]) => ({ timeMs, value }))
      .filter(({ timeMs }) => timeMs >= floorMs)
      .sort((a, b) => a.timeMs - b.timeMs);
  }

  #of(key: SeriesKey): KeptSeries & { readonly key: SeriesKey } {
    const id = JSON.stringify(key);
    const one = this.#series.get(id) ?? {
      key,
      values: new Map(),
      discards: [],
      floorMs: Number.NEGATIVE_INFINITY,
    };
    this.#series.set(id, one);
    return one;
  }
}

const isIn = (timeMs: number, range: { readonly fromMs: number; readonly untilMs: number }) =>
  timeMs >= range.fromMs && timeMs <= range.untilMs;

/** Where the rows of the ledger stand and which transaction wrote each: the same unless something wrote. */
export async function readVersions(pool: pg.Pool): Promise<readonly unknown[]> {
  const { rows } = await pool.query(`
    select 'head' as kind, ctid::text, xmin::text, series_id as id, null::int8 as revision from series_heads
     union all
    select 'segment', ctid::text, xmin::text, series_id, null from segments
     union all
    select 'day', ctid::text, xmin::text, series_id, null from daily_costs
     union all
    select 'project', ctid::text, xmin::text, project_id, revision from projects
     union all
    select 'series', ctid::text, xmin::text, series_id, null from series
     union all
    select 'correction', ctid::text, xmin::text, series_id, null from corrections
     order by kind, id, ctid, xmin`);
  return rows;
}
