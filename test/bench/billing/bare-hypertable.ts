import type pg from "pg";
import { formatDecimal, VALUE_SCALE } from "../../../lib/billing/decimal.ts";
import type { Measurement } from "../../../lib/billing/measurement.ts";
import { toNumberArray } from "../../../lib/postgres/database/queries/number-array.ts";
import { groupBySeries } from "../../../lib/usecases/ledger/group-by-series.ts";

const insert = `
  insert into bare_measurements (series_id, time, value)
  select series_id, timestamptz 'epoch' + time_ms * interval '1 millisecond', value
    from unnest($1::int4[], $2::int8[], $3::numeric[]) as new (series_id, time_ms, value)`;

export interface BareRows {
  readonly seriesIds: number[];
  readonly timesMs: number[];
  readonly values: string[];
}

/** The biller is compared with this: the same rows, stored and nothing else. */
export class BareHypertable {
  readonly #pool: pg.Pool;
  readonly #seriesIds = new Map<string, number>();

  private constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  static async create(pool: pg.Pool): Promise<BareHypertable> {
    await pool.query(`
      create table bare_measurements (
        series_id integer not null,
        time      timestamptz not null,
        value     numeric not null check (value >= 0),
        primary key (series_id, time)
      );
      select create_hypertable('bare_measurements', 'time', chunk_time_interval => interval '1 day', create_default_indexes => false)`);
    return new BareHypertable(pool);
  }

  /** The rows as columns, so that only the insert itself is timed. */
  toRows(measurements: readonly Measurement[]): BareRows {
    const rows: BareRows = { seriesIds: [], timesMs: [], values: [] };
    for (const { key, received } of groupBySeries([{ measurements }])) {
      const name = JSON.stringify(key);
      const seriesId = this.#seriesIds.get(name) ?? this.#seriesIds.size + 1;
      this.#seriesIds.set(name, seriesId);
      for (const { timeMs, value } of received) {
        rows.seriesIds.push(seriesId);
        rows.timesMs.push(timeMs);
        rows.values.push(formatDecimal(value, VALUE_SCALE));
      }
    }
    return rows;
  }

  async insert({ seriesIds, timesMs, values }: BareRows): Promise<void> {
    await this.#pool.query({
      name: "bare-insert",
      text: insert,
      values: [toNumberArray(seriesIds), toNumberArray(timesMs), toNumberArray(values)],
    });
  }
}
