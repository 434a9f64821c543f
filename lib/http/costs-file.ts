import { instantText } from "../usecases/reading/calendar.ts";
import type { CostsQuery } from "./hourly-costs.ts";
import { problem } from "./stack/problem.ts";

/** The most rows that a file of costs has. */
export const rowsMax = 100_000;

export function tooManyRows(rows: number) {
  const detail = `The range has ${rows} rows, more than ${rowsMax}: take a larger bucket or a shorter range.`;
  return problem("range-too-large", "bucket", detail);
}

export function fileNameOf(
  { projectName, fromMs, untilMs, offset }: CostsQuery,
  dialect = "",
): string {
  const day = (ms: number) => instantText(ms, offset).slice(0, 10);
  // The last day is the one that the range still touches.
  const name = projectName.replace(/[/\\]/g, "_");
  return `${name} ${day(fromMs)} ${day(untilMs - 1)}${dialect}.csv`;
}
