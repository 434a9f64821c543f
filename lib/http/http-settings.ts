import { PRICE_SCALE, parseDecimal } from "../billing/decimal.ts";
import { type ReadVariable, readAll, text, wholeNumber } from "../config.ts";
import { readLateDays } from "../settings/days.ts";
import { readLinkKeys } from "./stack/signed-token.ts";

/** What every function that reads one project must know. */
export const readProjectReads = (read: ReadVariable) =>
  readAll({ linkKeys: readLinkKeys, lateDays: readLateDays }, read);

/** How many requests one key may send to one instance of the function in a minute; 0: any number. */
export const readRequestsPerMinute = (read: ReadVariable): number =>
  wholeNumber(read, "RATE_LIMIT_PER_MINUTE", { preset: 600, min: 0, max: 1_000_000 });

/** How many samples one key may send to one instance of the function in a minute; 0: any number. */
export const readSamplesPerMinute = (read: ReadVariable): number =>
  wholeNumber(read, "SAMPLES_PER_MINUTE", { preset: 1_200_000, min: 0, max: 1_000_000_000 });

/** The projects whose measurements are taken, `;` separated; null: all of them. */
export function readProjectWhitelist(read: ReadVariable): ReadonlySet<string> | null {
  // A blank may belong to a name, so that nothing is trimmed.
  const names = (read("OS_CREDITS_PROJECT_WHITELIST") ?? "").split(";").filter(Boolean);
  return names.length === 0 ? null : new Set(names);
}

/** The step that estimates are rounded to, at PRICE_SCALE. */
export function readPrecision(read: ReadVariable): bigint {
  const step = text(read, "OS_CREDITS_PRECISION") ?? "0.01";
  if (!/^\d{1,6}(\.\d{1,12})?$/.test(step) || /^[0.]+$/.test(step)) {
    throw new Error("OS_CREDITS_PRECISION must be a step such as 0.01, larger than 0");
  }
  return parseDecimal(step, PRICE_SCALE);
}
