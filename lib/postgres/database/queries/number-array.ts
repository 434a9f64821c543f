/**
 * An array of numbers and decimals (as text) in the notation of PostgreSQL, where JSON's elements mean
 * the same between braces. `pg` would look for characters to quote in each element, which took a third
 * of the biller's time; numbers have none. Only where that counts: elsewhere a plain array does.
 */
export const toNumberArray = (values: readonly (number | string | null)[]): string =>
  `{${JSON.stringify(values).slice(1, -1)}}`;

/** The elements of such an array of decimals, as PostgreSQL writes it; `NULL` where there is none. */
export const elementsOf = (array: string): readonly string[] => array.slice(1, -1).split(",");
