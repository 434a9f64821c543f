import type { SeriesKey } from "../billing/measurement.ts";

/** Which labels (tags in line protocol) make a series. Every other label is ignored. */
export const seriesLabels = {
  metric: "__name__",
  project: "project_name",
  /** The site, when it is there and not empty … */
  siteId: "location_id",
  /** … else this. */
  siteName: "location",
  resource: "project_id",
} as const;

const kept: ReadonlySet<string> = new Set(Object.values(seriesLabels));

/** The labels of one line of text, as far as they make a series. Reused from line to line. */
export class LabelValues {
  readonly #values = new Map<string, string>();

  clear(): void {
    this.#values.clear();
  }

  /** False when the label was there before: which of the two values counts is anybody's guess. */
  add(name: string, value: string): boolean {
    if (!kept.has(name)) {
      return true;
    }
    const repeated = this.#values.has(name);
    this.#values.set(name, value);
    return !repeated;
  }

  /** An empty value is the same as no label, as in Prometheus. */
  toSeries(metric: string): SeriesKey {
    return {
      projectName: this.#values.get(seriesLabels.project) ?? "",
      metric,
      site: this.#values.get(seriesLabels.siteId) || this.#values.get(seriesLabels.siteName) || "",
      resource: this.#values.get(seriesLabels.resource) ?? "",
    };
  }
}
