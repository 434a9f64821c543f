import fc, { type Arbitrary } from "fast-check";
import type { SeriesKey } from "../../../lib/billing/measurement.ts";
import { withConflicts } from "../notices/deliveries.ts";
import { histories, tariffs } from "./histories.ts";
import type { SentMeasurement } from "./many-series.ts";
import type { Operation, Story } from "./operations.ts";
import type { PlainSample } from "./reference-billing.ts";

const scrapeMs = 15_000;

/** Up to so many scrapes of the old value after each sample, as far as there is time until the next one. */
function withScrapes(
  samples: readonly PlainSample[],
  scrapes: readonly number[],
): readonly PlainSample[] {
  return samples.flatMap((sample, index) => {
    const { timeMs, value } = sample;
    const roomMs = (samples[index + 1]?.timeMs ?? Number.POSITIVE_INFINITY) - timeMs;
    const count = Math.min(scrapes[index % scrapes.length] ?? 0, Math.ceil(roomMs / scrapeMs) - 1);
    const repeated = Array.from({ length: Math.max(0, count) }, (_, at) => ({
      timeMs: timeMs + (at + 1) * scrapeMs,
      value,
    }));
    return [sample, ...repeated];
  });
}

const scrapeCounts = fc.array(fc.oneof(fc.constant(0), fc.nat(20), fc.nat(250)), {
  minLength: 3,
  maxLength: 8,
});

/** In order and cut anywhere; then some batches come later than they should, and some twice. */
function lateDeliveries(sent: readonly SentMeasurement[]): Arbitrary<SentMeasurement[][]> {
  const size = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 20, max: 150 }));
  const move = fc.record({ from: fc.nat(), to: fc.nat(), isAgain: fc.boolean() });
  const sizes = fc.array(size, { minLength: 1, maxLength: 8 });
  return fc.tuple(sizes, fc.array(move, { maxLength: 6 })).map(([chosen, moves]) => {
    const batches: SentMeasurement[][] = [];
    for (let at = 0; at < sent.length; ) {
      const length = chosen[batches.length % chosen.length] as number;
      batches.push(sent.slice(at, at + length));
      at += length;
    }
    for (const { from, to, isAgain } of moves) {
      if (batches.length === 0) break;
      const at = from % batches.length;
      const batch = batches[at] as SentMeasurement[];
      if (!isAgain) batches.splice(at, 1);
      batches.splice(to % (batches.length + 1), 0, batch);
    }
    return batches;
  });
}

/**
 * Two or three series with some hundreds of samples each, most of which repeat the one before: enough
 * for several segments.
 */
export function longStories(operation: Arbitrary<Operation>): Arbitrary<Story> {
  const metrics = ["project_vcpu_usage", "project_mb_usage"];
  const key = fc.record({
    projectName: fc.constantFrom("genomics", "proteomics"),
    metric: fc.constantFrom(...metrics),
    site: fc.constantFrom("8676", ""),
    resource: fc.constant("a1"),
  });
  const keys = fc.uniqueArray(key, { minLength: 2, maxLength: 3, selector: JSON.stringify });
  return fc.tuple(keys, tariffs(), tariffs()).chain(([chosen, vcpu, memory]) => {
    const tariffOf = (metric: string) => (metric === "project_mb_usage" ? memory : vcpu);
    const history = ({ metric }: SeriesKey) =>
      fc
        .tuple(histories(tariffOf(metric), 20), scrapeCounts)
        .chain(([samples, scrapes]) => withConflicts(withScrapes(samples, scrapes)));
    return fc.tuple(...chosen.map(history)).chain((lists) => {
      const series = chosen.map((one, at) => ({ key: one, sent: lists[at] as PlainSample[] }));
      const sent = series
        .flatMap((one) => one.sent.map((sample): SentMeasurement => ({ key: one.key, sample })))
        .sort((a, b) => a.sample.timeMs - b.sample.timeMs);
      return lateDeliveries(sent).chain((batches) =>
        fc
          .array(fc.tuple(fc.nat(batches.length), operation), { minLength: 1, maxLength: 5 })
          .map((list) => ({
            sent: { metrics, tariffOf, series, batches },
            operations: new Map(list),
          })),
      );
    });
  });
}
