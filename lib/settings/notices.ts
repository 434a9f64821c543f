import { type ReadVariable, text, wholeNumber } from "../config.ts";
import { durationRule, readDuration } from "./duration.ts";

const thresholdsMax = 20;

/**
 * The percentages of the granted credits that a notice is written at: plain decimals as text, without
 * idle zeros, so that `50` and `50.0` are one.
 */
export function readLimitThresholds(read: ReadVariable): readonly string[] {
  const written = (text(read, "LIMIT_THRESHOLDS") ?? "50,100").split(",").map((one) => one.trim());
  const isKnown = (one: string) => /^\d{1,3}(\.\d{1,6})?$/.test(one) && Number(one) > 0;
  if (!written.every(isKnown) || written.length > thresholdsMax) {
    throw new Error(
      `LIMIT_THRESHOLDS must be at most ${thresholdsMax} percentages such as 50,80,100, larger than 0 and below 1000`,
    );
  }
  return [...new Set(written.map((one) => String(Number(one))))];
}

/** A budget that is expected to end within so many days is worth a notice. */
export const readForecastNoticeDays = (read: ReadVariable): number =>
  wholeNumber(read, "FORECAST_NOTICE_DAYS", { preset: 14, min: 1, max: 365 });

/** After so many milliseconds without a measurement a site or a series is silent. */
export function readSilenceAfterMs(read: ReadVariable): number {
  const durationMs = readDuration(text(read, "SILENCE_AFTER") ?? "1h");
  if (durationMs === undefined) throw new Error(`SILENCE_AFTER ${durationRule}`);
  return durationMs;
}
