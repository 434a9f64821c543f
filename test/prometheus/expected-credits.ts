import { formatCredits } from "../../lib/billing/credits.ts";
import { type PlainTariff, referenceBill } from "../support/ledger/reference-billing.ts";
import { toHourlyCosts, totalOf } from "../support/ledger/scaled.ts";
import type { ScrapedSeries } from "../support/prometheus/prometheus.ts";

const counter = (credits: string, dipWindowMs: number): PlainTariff => ({
  kind: "counter",
  periods: [
    { fromMs: Number.NEGATIVE_INFINITY, credits, dipWindowMs, maxGapMs: 900_000, maxRate: null },
  ],
});

/** With so short a window every drop is decided while the test runs: one never waits, one knows dips. */
const tariffs: Readonly<Record<string, PlainTariff>> = {
  project_vcpu_usage: counter("1", 5_000),
  project_mb_usage: counter("0.3", 0),
};

export const billedMetrics = Object.keys(tariffs);

/** The same for the stack. */
export const METRICS_TO_BILL = JSON.stringify({
  project_vcpu_usage: { dip_window: "5s", prices: [{ credits: 1 }] },
  project_mb_usage: { dip_window: "0s", prices: [{ credits: 0.3 }] },
});

/** The credits that each project has used by the samples in Prometheus' own database, as the API writes it. */
export function expectedCredits(scraped: readonly ScrapedSeries[]): Map<string, string> {
  const credits = new Map<string, bigint>();
  for (const { labels, samples } of scraped) {
    const project = labels["project_name"] ?? "";
    const tariff = tariffs[labels["__name__"] ?? ""];
    if (!tariff) throw new Error(`no tariff for ${labels["__name__"]}`);
    const bill = totalOf(toHourlyCosts(referenceBill(samples, tariff)));
    credits.set(project, (credits.get(project) ?? 0n) + bill.credits);
  }
  return new Map([...credits].map(([project, sum]) => [project, formatCredits(sum)]));
}
