/**
 * Works out every equation of a calculation as a person with a pocket calculator would, by exact decimals of
 * its own. Returns those that are wrong.
 */
export function readCalculation(sentence: string): string[] {
  const equations = sentence.match(new RegExp(`${term.source}(?: [×−=] ${term.source})+`, "g"));
  return (equations ?? []).filter((equation) => {
    const [first, ...others] = equation.split(" = ").map(sideValue);
    return others.some((value) => value !== first);
  });
}

const term = /[\d.]+(?:\/\d+(?: (?:minutes|seconds|milliseconds))?)?/;
const SCALE = 42;
const ONE = 10n ** BigInt(SCALE);
const STEP = 10n ** BigInt(SCALE - 12);

/** `a × b/c minutes − d`, at SCALE. */
function sideValue(side: string): bigint {
  const [first = 0n, ...others] = side.split(" − ").map(productValue);
  return others.reduce((sum, value) => sum - value, first);
}

/** Products with a fraction are rounded half-even to 12 decimals. */
function productValue(text: string): bigint {
  const [one = "", factor] = text.split(" × ");
  if (factor === undefined) return decimal(one);
  const [, above = "", below, unit] = /^([\d.]+)(?:\/(\d+)(?: (\w+))?)?$/.exec(factor) ?? [];
  if (below === undefined) return (decimal(one) * decimal(above)) / ONE;
  const rounded = halfEven(decimal(one) * BigInt(above), BigInt(below) * STEP) * STEP;
  // What names a unit is a share of an amount: never more than that, which may have more decimals.
  return unit !== undefined && rounded > decimal(one) ? decimal(one) : rounded;
}

function decimal(text: string): bigint {
  const [integer = "", fraction = ""] = text.split(".");
  return BigInt(integer + fraction.padEnd(SCALE, "0"));
}

function halfEven(above: bigint, below: bigint): bigint {
  const floor = above / below;
  const rest = 2n * (above - floor * below);
  return rest > below || (rest === below && floor % 2n === 1n) ? floor + 1n : floor;
}
