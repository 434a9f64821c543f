import {
  CREDITS_SCALE,
  type DecimalText,
  exactNumber,
  formatDecimal,
  parseDecimal,
} from "./decimal.ts";

/** Credits at CREDITS_SCALE from plain decimal text; a RangeError where it is none. */
export const parseCredits = (text: DecimalText): bigint => parseDecimal(text, CREDITS_SCALE);

/** Credits at CREDITS_SCALE as plain decimal text, with at least one decimal place: `8.0`. */
export const formatCredits = (credits: bigint): DecimalText =>
  formatDecimal(credits, CREDITS_SCALE);

/** Whether two texts say the same amount: `8`, `8.0` and `8.00` do. */
export const equalCredits = (one: DecimalText, other: DecimalText): boolean =>
  parseCredits(one) === parseCredits(other);

/** Credits as text, as the database gives them, as an exact JSON number with a decimal place. */
export const exactCredits = (text: DecimalText): object =>
  exactNumber(formatCredits(parseCredits(text)));
