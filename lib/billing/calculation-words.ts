/** The words between the figures of a calculation, in one language. Figures come in written already. */
export interface CalculationWords {
  readonly baseline: string;
  readonly removed: string;
  readonly reported: (amount: string) => string;
  readonly dip: (peak: string, within: string) => string;
  readonly reset: (peak: string, low: string, within: string) => string;
  readonly open: (peak: string, within: string) => string;
  readonly held: (maxRate: string) => string;
  readonly rejected: (maxRate: string) => string;
  readonly accepted: string;
  readonly inUse: (value: string, length: string) => string;
  readonly atMost: (length: string) => string;
  readonly share: string;
  readonly credits: (product: string) => string;
  readonly free: string;
  readonly within: (length: string) => string;
  readonly atNextMeasurement: string;
  readonly atAnyTime: string;
  readonly units: Readonly<Record<"minutes" | "seconds" | "milliseconds", string>>;
}

/** Those of the API. */
export const englishCalculation: CalculationWords = {
  baseline: "the first measurement: counting begins here, and nothing is used yet",
  removed: "the measurements before this one were removed; the ledger keeps their sum",
  reported: (amount) => `${amount} was reported as used`,
  dip: (peak, within) => `it fell below ${peak} and was back ${within}`,
  reset: (peak, low, within) =>
    `it fell from ${peak} to ${low} and was not back ${within}: counting begins anew, and nothing is used`,
  open: (peak, within) =>
    `it fell below ${peak}; it is not decided yet whether it comes back ${within}, so nothing is used so far`,
  held: (maxRate) =>
    `that is faster than ${maxRate} an hour, so it is held until an operator decides`,
  rejected: (maxRate) =>
    `that is faster than ${maxRate} an hour, and an operator has decided that it does not count`,
  accepted: "an operator has accepted it",
  inUse: (value, length) => `${value} in use for ${length}`,
  atMost: (length) => `, because a value counts for ${length} at most`,
  share: "in this part",
  credits: (product) => `${product} credits`,
  free: "before the first price it costs nothing",
  within: (length) => `within ${length}`,
  atNextMeasurement: "at the next measurement",
  atAnyTime: "at any time",
  units: { minutes: "minutes", seconds: "seconds", milliseconds: "milliseconds" },
};
