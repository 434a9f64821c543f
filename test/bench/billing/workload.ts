import type { Measurement } from "../../../lib/billing/measurement.ts";

/** Two counters per project, as the exporters send them. */
export const metrics = ["project_vcpu_usage", "project_mb_usage"] as const;
export const METRICS_TO_BILL = JSON.stringify({ project_vcpu_usage: 1, project_mb_usage: 0.3 });
export const site = "bench-site";

/** One scrape a minute; the workloads begin here, at a full hour. */
export const scrapeMs = 60_000;
export const startMs = Date.UTC(2026, 2, 14, 12);

/** The n-th value of a series since the start is `base + n × increase`: 15 to 17 digits. */
export const base = 1234.5;
export const increase = 0.1365555555555556;

export const projectName = (prefix: string, project: number) => `${prefix}-${project}`;

export interface WorkloadOptions {
  /** Billers with different prefixes share no project. */
  readonly prefix: string;
  readonly seriesCount: number;
  /** How many samples of each series since the start are stored already. */
  readonly taken?: number;
  /** The share of samples that are kept back and come with the series' next batch. */
  readonly lateShare?: number;
  readonly scrapeMs?: number;
  /**
   * The value moves on with every n-th sample only, as where an exporter refreshes more slowly than it
   * is scraped; not with the same scrape in every series. 1 by default.
   */
  readonly changesEvery?: number;
  readonly startMs?: number;
}

/** Makes the measurements that a set of counters goes on with. */
export class Workload {
  readonly #options: Required<WorkloadOptions>;
  readonly #taken: Int32Array;
  readonly #keptBack = new Map<number, Measurement[]>();
  #next = 0;

  constructor(options: WorkloadOptions) {
    this.#options = { taken: 0, lateShare: 0, scrapeMs, changesEvery: 1, startMs, ...options };
    this.#taken = new Int32Array(options.seriesCount).fill(this.#options.taken);
  }

  /** The next samples of the next series, around and around. */
  take(seriesCount: number, samplesPerSeries: number): Measurement[] {
    const measurements: Measurement[] = [];
    for (let count = 0; count < seriesCount; count++) {
      const series = this.#next;
      this.#next = (series + 1) % this.#options.seriesCount;
      measurements.push(...(this.#keptBack.get(series) ?? []));
      this.#keptBack.delete(series);
      for (let sample = 0; sample < samplesPerSeries; sample++) this.#emit(series, measurements);
    }
    return measurements;
  }

  #emit(series: number, measurements: Measurement[]): void {
    const number = this.#taken[series] ?? 0;
    this.#taken[series] = number + 1;
    const measurement: Measurement = {
      projectName: projectName(this.#options.prefix, Math.floor(series / metrics.length)),
      metric: metrics[series % metrics.length] as string,
      site,
      resource: "",
      timeMs: this.#options.startMs + number * this.#options.scrapeMs,
      value: String(base + this.#refreshes(series, number) * increase),
    };
    if (!this.#isLate(series, number)) measurements.push(measurement);
    else {
      const keptBack = this.#keptBack.get(series);
      if (keptBack === undefined) this.#keptBack.set(series, [measurement]);
      else keptBack.push(measurement);
    }
  }

  #refreshes(series: number, number: number): number {
    const { changesEvery } = this.#options;
    return Math.floor((number + (series % changesEvery)) / changesEvery);
  }

  /** Evenly among a series' samples, and not the same ones in every series. */
  #isLate(series: number, number: number): boolean {
    const { lateShare } = this.#options;
    const position = number + 37 * series;
    return Math.floor((position + 1) * lateShare) > Math.floor(position * lateShare);
  }
}
