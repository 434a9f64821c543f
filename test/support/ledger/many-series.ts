import fc, { type Arbitrary } from "fast-check";
import type { SeriesKey } from "../../../lib/billing/measurement.ts";
import { deliveries, withConflicts } from "../notices/deliveries.ts";
import { histories, tariffs } from "./histories.ts";
import type { PlainSample, PlainTariff } from "./reference-billing.ts";

export interface SentSeries {
  readonly key: SeriesKey;
  readonly sent: readonly PlainSample[];
}

export interface SentMeasurement {
  readonly key: SeriesKey;
  readonly sample: PlainSample;
}

export interface ManySeries {
  readonly metrics: readonly string[];
  readonly tariffOf: (metric: string) => PlainTariff;
  readonly series: readonly SentSeries[];
  readonly batches: readonly (readonly SentMeasurement[])[];
}

/** Two projects, three sites, three resources, two metrics: all that may be confused. */
export function manySeries(maxLength = 10): Arbitrary<ManySeries> {
  const metrics = ["project_vcpu_usage", "project_mb_usage"];
  const key = fc.record({
    projectName: fc.constantFrom("genomics", "proteomics"),
    metric: fc.constantFrom(...metrics),
    site: fc.constantFrom("8676", "8677", ""),
    resource: fc.constantFrom("a1", "b2", ""),
  });
  const keys = fc.uniqueArray(key, { minLength: 2, maxLength: 5, selector: JSON.stringify });
  return fc.tuple(keys, tariffs(), tariffs()).chain(([chosen, vcpu, memory]) => {
    const tariffOf = (metric: string) => (metric === "project_mb_usage" ? memory : vcpu);
    const sent = fc.tuple(
      ...chosen.map((one) => histories(tariffOf(one.metric), maxLength).chain(withConflicts)),
    );
    return sent.chain((lists) => {
      const series = chosen.map((one, at) => ({ key: one, sent: lists[at] as PlainSample[] }));
      const messages = series.flatMap((one) =>
        one.sent.map((sample): SentMeasurement => ({ key: one.key, sample })),
      );
      return deliveries(messages).map((batches) => ({ metrics, tariffOf, series, batches }));
    });
  });
}
