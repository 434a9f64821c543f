import { PRICE_SCALE, parseDecimal } from "../billing/decimal.ts";

/** The rule of a price, for messages. */
export const priceRule =
  "a price: a number or decimal text, not negative, below 1e12, with at most 12 decimals";

/** A price at PRICE_SCALE from plain decimal text; undefined where it is none. */
export const readPrice = (text: string): bigint | undefined =>
  /^\d{1,12}(\.\d{1,12})?$/.test(text) ? parseDecimal(text, PRICE_SCALE) : undefined;
