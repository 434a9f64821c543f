/** An expression of type timestamptz as Unix milliseconds, in SQL. */
export const epochMs = (instant: string): string => `round(date_part('epoch', ${instant}) * 1000)`;
