import type { SeriesKey } from "../billing/measurement.ts";
import { labelsTooMany, nameTooLong, requestLimits, valueTooLong } from "./limits.ts";
import type { Refusal } from "./refusals.ts";

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
  #count = 0;

  clear(): void {
    this.#values.clear();
    this.#count = 0;
  }

  /** Says what is wrong with the label, if anything is. `kind` is what its format calls it. */
  add(name: string, value: string, kind: "label" | "tag"): Refusal | undefined {
    this.#count += 1;
    if (this.#count > requestLimits.labelsMax) return labelsTooMany;
    if (isLonger(name, requestLimits.labelNameBytesMax)) return nameTooLong;
    if (isLonger(value, requestLimits.labelValueBytesMax)) return valueTooLong;
    if (!kept.has(name)) return undefined;
    if (this.#values.has(name)) {
      // Either of the two values could be meant.
      return { code: "labels-invalid", detail: `send the ${kind} ${name} once` };
    }
    this.#values.set(name, value);
    return undefined;
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

/** In UTF-8, where a character of a text takes one to three bytes: few texts need counting. */
const isLonger = (text: string, bytesMax: number): boolean =>
  text.length * 3 > bytesMax && Buffer.byteLength(text) > bytesMax;
