import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Measurement } from "../../../lib/billing/measurement.ts";
import { keepLowest } from "../../../lib/formats/keep-lowest.ts";
import { propertyRuns } from "../../support/properties.ts";

// Few names, times and values, so that many of them meet.
const name = fc.constantFrom("a", "b");
const measurement: fc.Arbitrary<Measurement> = fc.record({
  projectName: name,
  metric: name,
  site: fc.constantFrom("", "a"),
  resource: fc.constantFrom("", "a"),
  timeMs: fc.integer({ min: 0, max: 3 }),
  value: fc.constantFrom("0", "1", "9", "10", "100", "9.5", "9.45", "0.1", "0.01"),
});

const isSame = (one: Measurement, other: Measurement) =>
  (["projectName", "metric", "site", "resource", "timeMs"] as const).every(
    (field) => one[field] === other[field],
  );

test("exactly those stay, in their order, of which no other has a lower value", () => {
  fc.assert(
    fc.property(fc.array(measurement, { maxLength: 30 }), (sent) => {
      const lowest = sent.filter((one) =>
        sent.every((other) => !isSame(one, other) || Number(one.value) <= Number(other.value)),
      );
      const series = new Set(sent.map((one) => JSON.stringify({ ...one, timeMs: 0, value: "" })));
      expect(keepLowest(sent)).toEqual({
        measurements: lowest,
        conflicting: sent.length - lowest.length,
        seriesCount: series.size,
      });
    }),
    propertyRuns(),
  );
});
