import type { SeriesKey } from "../../billing/measurement.ts";
import { checkSeries } from "../check-measurement.ts";
import { checkTime, type TimeCount } from "../check-time.ts";
import type { Collector } from "../collector.ts";
import type { DecodeContext } from "../decoded.ts";
import type { Refusal } from "../refusals.ts";

/** A billed line of a text format, taken apart but not yet checked. */
export interface BilledLine {
  readonly lineNumber: number;
  readonly series: SeriesKey;
  /** Undefined when it is not a number, which is no measurement. */
  readonly value: string | Refusal | undefined;
  /** Undefined when the line has none. */
  readonly timeMs: number | Refusal | undefined;
  readonly timeCount: TimeCount;
}

/** Accepts the measurement of a line, or refuses it with everything that is wrong about it. */
export function addLine(collector: Collector, context: DecodeContext, line: BilledLine): void {
  const { series, value, timeMs = context.untimedMs } = line;
  if (value === undefined) {
    collector.drop("not-a-number");
    return;
  }
  const seriesRefusal = checkSeries(series);
  const timeRefusal =
    typeof timeMs === "number" ? checkTime(timeMs, context, line.timeCount) : timeMs;
  const sound = seriesRefusal === undefined && timeRefusal === undefined;
  if (sound && typeof value === "string" && typeof timeMs === "number") {
    if (line.timeMs === undefined) collector.noteUntimed(series.metric);
    collector.accept({ ...series, timeMs, value });
    return;
  }
  const valueRefusal = typeof value === "string" ? undefined : value;
  for (const refusal of [seriesRefusal, valueRefusal, timeRefusal]) {
    if (refusal !== undefined) collector.refuse(`line ${line.lineNumber}`, refusal);
  }
}
