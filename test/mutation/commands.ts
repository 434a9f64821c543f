import type { Mutation } from "./mutation.ts";

export const commands: readonly Mutation[] = [
  {
    id: "C04",
    file: "lib/usecases/operations/rerate.ts",
    from: `    if (fromMs < sinceMs) {
      throw new RerateRefused(\`the price of \${metric} begins before the re-rating\`);
    }
`,
    to: "",
    harm: "a price is recorded for a time that is not billed anew: the ledger follows from no tariffs",
    tests: [
      "integration/operations/rerate.test.ts",
      "unit/usecases/operations/check-order.test.ts",
    ],
  },
];
