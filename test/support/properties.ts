import type { Parameters } from "fast-check";

/**
 * How often a property is tried. PROPERTY_RUNS_FACTOR scales all of them (a night's run: 100). A
 * failure prints its seed and path; PROPERTY_SEED and PROPERTY_PATH give them back.
 */
export function propertyRuns<T = unknown>(runs = 1_000): Parameters<T> {
  const { PROPERTY_RUNS_FACTOR, PROPERTY_SEED, PROPERTY_PATH } = process.env;
  return {
    numRuns: Math.max(
      1,
      Math.ceil(runs * numberOf("PROPERTY_RUNS_FACTOR", PROPERTY_RUNS_FACTOR, 1)),
    ),
    ...(PROPERTY_SEED ? { seed: numberOf("PROPERTY_SEED", PROPERTY_SEED, 0) } : {}),
    ...(PROPERTY_PATH ? { path: PROPERTY_PATH } : {}),
  };
}

function numberOf(name: string, text: string | undefined, absent: number): number {
  const number = text ? Number(text) : absent;
  if (!Number.isFinite(number)) throw new Error(`${name} is not a number: ${text}`);
  return number;
}
