import type { Refusal } from "./refusals.ts";

/** A value is below 1e15: it has at most 15 digits before the point. */
const integerDigitsMax = 15;
/**
 * Granted credits are below 1e21: portals write 1e+16, or the largest integer of 64 bits (1.8e19), where
 * they mean that a project is not limited.
 */
const grantedDigitsMax = 21;
const decimalsMax = 30;

/** Nearly every value arrives like this: plain, within the limits and without idle zeros. */
const plainDecimal = /^(?:0|[1-9]\d{0,14})(?:\.\d{0,29}[1-9])?$/;

/** Each alternative begins differently, so that a long wrong number costs linear, not quadratic, time. */
const decimal = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d+))?$/;

/**
 * The decimal that a sender wrote, in plain notation without idle zeros (`1.79e+08` → `179000000`,
 * `1.0` → `1`): exact, and the same number is always the same text. Otherwise says why it is refused.
 */
export const readDecimal = (text: string): string | Refusal => readBelow(text, integerDigitsMax);

/** Granted credits, read as `readDecimal` reads a value, with a limit of their own. */
export const readGrantedCredits = (text: string): string | Refusal =>
  readBelow(text, grantedDigitsMax);

function readBelow(text: string, digitsMax: number): string | Refusal {
  if (plainDecimal.test(text)) return text;
  const match = decimal.exec(text);
  if (match === null) {
    return { code: "value-invalid", detail: "write the value as a decimal number" };
  }
  const [, sign, integer = "", fraction = "", onlyFraction = "", exponent = "0"] = match;
  const digits = integer + fraction + onlyFraction;
  // The exponent may be beyond every number: it is only ever compared, never used to build a text.
  return toPlain(sign === "-", digits, integer.length + Number(exponent), digitsMax);
}

/** The shortest decimal that reads back as this float64, in plain notation. NaN is the caller's to drop. */
export function readFloat64(value: number): string | Refusal {
  if (value >= 1e-6 && value < 1e15) return String(value);
  if (Number.isFinite(value)) return readDecimal(String(value));
  return {
    code: "value-infinite",
    detail: "send no infinity: send nothing while a value is unknown",
  };
}

const notANumber = /^nan$/i;
const infinity = /^[+-]?inf(?:inity)?$/i;
const hexFloat = /^([+-]?)0x([\da-f]{0,40})(?:\.([\da-f]{0,40}))?p([+-]?\d{1,5})$/i;

/** A number as Go's `ParseFloat` takes it, which is what the exposition formats hold. NaN gives undefined. */
export function readGoFloat(text: string): string | Refusal | undefined {
  if (plainDecimal.test(text)) return text;
  if (notANumber.test(text)) return undefined;
  if (infinity.test(text)) return readFloat64(Number.POSITIVE_INFINITY);
  const match = hexFloat.exec(text);
  return match === null ? readDecimal(text) : readHexFloat(match);
}

/** Hexadecimal is how a float64 is dumped: its shortest decimal counts, as for every float64. */
function readHexFloat(match: RegExpExecArray): string | Refusal {
  const [, sign, integer = "", fraction = "", exponent = "0"] = match;
  if (integer + fraction === "") return readDecimal("");
  const mantissa = Number(BigInt(`0x${integer}${fraction}`));
  const value = mantissa * 2 ** (Number(exponent) - 4 * fraction.length);
  return readFloat64(sign === "-" ? -value : value);
}

function toPlain(
  negative: boolean,
  digits: string,
  point: number,
  digitsMax: number,
): string | Refusal {
  const start = countLeadingZeros(digits);
  const end = digits.length - countTrailingZeros(digits);
  if (start >= end) return "0";
  const integerDigits = point - start;
  const decimals = end - point;
  if (negative) return { code: "value-negative", detail: "send values of 0 or more" };
  if (integerDigits > digitsMax) {
    const limit = `1${"0".repeat(digitsMax)} (1e${digitsMax})`;
    return { code: "value-too-large", detail: `send values below ${limit}` };
  }
  if (decimals > decimalsMax) {
    return { code: "value-too-precise", detail: `round the value to ${decimalsMax} decimals` };
  }
  return placePoint(digits.slice(start, end), integerDigits);
}

/** Puts the point after so many of the digits; below 0 or beyond their end zeros fill the gap. */
function placePoint(digits: string, integerDigits: number): string {
  if (integerDigits <= 0) return `0.${"0".repeat(-integerDigits)}${digits}`;
  if (integerDigits >= digits.length) return digits.padEnd(integerDigits, "0");
  return `${digits.slice(0, integerDigits)}.${digits.slice(integerDigits)}`;
}

function countLeadingZeros(digits: string): number {
  let count = 0;
  while (count < digits.length && digits[count] === "0") count += 1;
  return count;
}

function countTrailingZeros(digits: string): number {
  let count = 0;
  while (count < digits.length && digits[digits.length - 1 - count] === "0") count += 1;
  return count;
}
