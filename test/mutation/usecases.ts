import type { Mutation } from "./mutation.ts";

export const usecases: readonly Mutation[] = [
  {
    id: "U02",
    file: "lib/usecases/ledger/bill-measurements.ts",
    from: "if (dropped.length > 0) await",
    to: "if (dropped.length > 0 && messages.some(({ measurements }) => measurements.length > 0)) await",
    harm: "a whitelist or faults that stop all billing leave no sign",
    tests: ["integration/ledger/bill-measurements.test.ts"],
  },
  {
    id: "U18",
    file: "lib/usecases/operations/discard-measurements.ts",
    from: "Math.max(fromMs, floor === null ? fromMs : floor.timeMs + 1)",
    to: "fromMs",
    harm: "a discard across a floor takes out what was settled",
    tests: ["integration/operations/discard.test.ts"],
  },
  {
    id: "U19",
    file: "lib/usecases/reading/explain-hour.ts",
    from: "if (isEnd || behind !== undefined ||",
    to: "if (isEnd || reads > 0 ||",
    harm: "an hour before a long gap is explained by less than what it cost",
    tests: ["property/explain-stored.test.ts"],
  },
  {
    id: "U20",
    file: "lib/usecases/reading/explain-hour.ts",
    from: "billed.has(seriesId) || corrections.has(seriesId) ||",
    to: "billed.has(seriesId) ||",
    harm: "nobody is told who took out the credits of an hour",
    tests: ["integration/http/explain-decisions.test.ts"],
  },
];
