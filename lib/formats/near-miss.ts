import { nameLengthMax } from "./check-measurement.ts";

const suffix = "_total";

/**
 * The billed metric that an unbilled one was probably meant to be. A library that is upgraded adds `_total`
 * to the names of counters or takes it off, and others change case or write points and hyphens; its metric
 * would then look like silence. Undefined where there is none.
 */
export function findNearMiss(
  metric: string,
  isBilled: (metric: string) => boolean,
): string | undefined {
  // Names of a page may have megabytes, and none of those is near a billed one.
  if (metric.length > nameLengthMax + suffix.length) return undefined;
  const plain = metric.toLowerCase().replace(/[.-]/g, "_");
  const names = plain === metric ? [metric] : [metric, plain];
  return names
    .flatMap((name) => [
      name,
      name.endsWith(suffix) ? name.slice(0, -suffix.length) : name + suffix,
    ])
    .find(isBilled);
}
