import type pg from "pg";
import { type DecimalText, formatDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import { decodeSegment } from "../../segments/decode.ts";
import type { SeriesScope } from "../../usecases/ledger/stored-series.ts";
import { selectProjectSeries } from "../ledger/queries/select-project-series.ts";
import { selectSegmentsAfter } from "./queries/select-segments-after.ts";

export interface StoredSample {
  readonly site: string;
  readonly resource: string;
  readonly metric: string;
  readonly timeMs: number;
  readonly value: DecimalText;
}

export interface TimeBounds {
  /** Both inclusive, Unix ms. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Segments that are read at once: 12,000 samples. */
const pageSize = 100;

/** The stored samples of a project's series in the scope, series by series, each in the order of time; page by page. */
export async function* storedSamples(
  client: pg.ClientBase,
  projectName: string,
  scope: SeriesScope,
  { fromMs, untilMs }: TimeBounds,
): AsyncGenerator<readonly StoredSample[]> {
  for (const series of await selectProjectSeries(client, projectName, scope)) {
    const { series_id: seriesId, site, resource, metric } = series;
    let afterMs: number | null = null;
    for (;;) {
      const range = { seriesId, fromMs, untilMs, afterMs };
      const segments = await selectSegmentsAfter(client, range, pageSize);
      yield segments
        .flatMap(({ samples, count }) => decodeSegment(samples, count))
        .filter(({ timeMs }) => fromMs <= timeMs && timeMs <= untilMs)
        .map(({ timeMs, value }) => {
          return { site, resource, metric, timeMs, value: formatDecimal(value, VALUE_SCALE) };
        });
      if (segments.length < pageSize) break;
      afterMs = segments.at(-1)?.from_ms ?? null;
    }
  }
}
