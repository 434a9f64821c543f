/**
 * Exact decimals as scaled integers: the decimal `d` at scale `s` is the bigint `d × 10^s`. Sums and
 * products of such integers are exact, so no amount of the ledger is ever rounded by accident.
 */

/** A decimal in plain notation, `-?digits[.digits]`: an amount on its way in or out, never a number. */
export type DecimalText = string;

/** Decimals kept of a measured value and of usage: as many as a sender may write. */
export const VALUE_SCALE = 30;
/** Decimals kept of a price in credits per unit. */
export const PRICE_SCALE = 12;
/** Decimals kept of credits: usage × price is a plain bigint product, with nothing to round. */
export const CREDITS_SCALE = VALUE_SCALE + PRICE_SCALE;

const PLAIN_DECIMAL = /^-?\d+(?:\.\d+)?$/;
const POWERS_OF_TEN: readonly bigint[] = Array.from({ length: CREDITS_SCALE + 1 }, (_, exponent) =>
  powerOf(exponent),
);

function powerOf(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}

function powerOfTen(exponent: number): bigint {
  return POWERS_OF_TEN[exponent] ?? powerOf(exponent);
}

/**
 * Reads plain notation, `-?digits[.digits]`. Anything else, and more decimals than the scale holds, is
 * a RangeError: a value that cannot be kept exactly must not be kept at all.
 */
export function parseDecimal(text: string, scale: number): bigint {
  if (!PLAIN_DECIMAL.test(text)) {
    throw new RangeError(`Not a plain decimal: ${quoted(text)}`);
  }
  const point = text.indexOf(".");
  if (point === -1) return BigInt(text) * powerOfTen(scale);
  const decimals = text.length - point - 1;
  if (decimals > scale) {
    throw new RangeError(`More than ${scale} decimals: ${quoted(text)}`);
  }
  return BigInt(text.slice(0, point) + text.slice(point + 1)) * powerOfTen(scale - decimals);
}

/** Long input is cut, so that an error message never carries a whole request body. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}

/** Writes the exact value without exponent, with at least one decimal place: `8.0`, `0.25`. */
export function formatDecimal(value: bigint, scale: number): string {
  const sign = value < 0n ? "-" : "";
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0");
  const point = digits.length - scale;
  let end = digits.length;
  while (end > point + 1 && digits[end - 1] === "0") end -= 1;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point, end) || "0"}`;
}

// Not in TypeScript's library yet (ES2025): a piece of JSON that is written as it is.
declare global {
  interface JSON {
    rawJSON(text: string): object;
  }
}

/** An exact decimal, given as text, as a JSON number: no digit is lost on the way out. */
export const exactNumber = (decimal: string): object => JSON.rawJSON(decimal);

/** The quotient rounded to the nearest integer; a tie goes to the even one. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  if (denominator < 0n) return divideHalfEven(-numerator, -denominator);
  const quotient = numerator / denominator;
  const remainder = numerator - quotient * denominator;
  const twice = remainder < 0n ? -2n * remainder : 2n * remainder;
  const isTie = twice === denominator;
  if (twice < denominator || (isTie && quotient % 2n === 0n)) return quotient;
  return numerator < 0n ? quotient - 1n : quotient + 1n;
}

/** The nearest multiple of the step, both at the same scale; a tie goes to the even multiple. */
export function roundHalfEvenToStep(value: bigint, step: bigint): bigint {
  return divideHalfEven(value, step) * step;
}
