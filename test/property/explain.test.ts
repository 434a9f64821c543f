import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { type ExplainedPart, explainHour } from "../../lib/billing/explain.ts";
import { calculationOf } from "../../lib/billing/explain-calculation.ts";
import { fold } from "../../lib/billing/fold.ts";
import { hourOf } from "../../lib/billing/time.ts";
import { billedHistories } from "../support/ledger/histories.ts";
import { readCalculation } from "../support/ledger/read-calculation.ts";
import { toSample, toTariff } from "../support/ledger/scaled.ts";
import { propertyRuns } from "../support/properties.ts";

const sumOf = (parts: readonly ExplainedPart[]) => ({
  usage: parts.reduce((sum, part) => sum + part.usage, 0n),
  credits: parts.reduce((sum, part) => sum + part.credits, 0n),
});
const timesOf = ({ from, through, to }: ExplainedPart) =>
  [from, ...through, to].flatMap((one) => one?.timeMs ?? []);

test.each(["counter", "gauge", "delta"] as const)(
  "of a %s every hour is explained: the parts add up, each calculation is right, no measurement is left out",
  (kind) => {
    fc.assert(
      fc.property(billedHistories(fc.constant(kind)), (history) => {
        const samples = history.samples.map(toSample);
        const tariff = toTariff(history.tariff);
        const billed = fold(samples, tariff);
        const measured = samples.map(({ timeMs }) => timeMs);
        const seen = new Set<number>();
        for (const hour of new Set([...billed.hours.keys(), ...measured.map(hourOf)])) {
          const all = { samples, isBeginning: true, floorPart: null };
          const { parts } = explainHour(all, tariff, hour);
          expect(sumOf(parts)).toEqual(billed.hours.get(hour) ?? { usage: 0n, credits: 0n });
          for (const part of parts) {
            expect(readCalculation(calculationOf(part.calculated))).toEqual([]);
            for (const timeMs of timesOf(part)) seen.add(timeMs);
          }
        }
        expect([...seen].sort()).toEqual([...new Set(measured)].sort());
      }),
      propertyRuns(300),
    );
  },
);
