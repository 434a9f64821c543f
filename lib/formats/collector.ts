import type { Measurement } from "../billing/measurement.ts";
import { type Decoded, type DropReason, type Fault, faultsMax, MalformedBody } from "./decoded.ts";
import { formatLimit, requestLimits } from "./limits.ts";
import type { Refusal } from "./refusals.ts";

/** What a decoder has found so far in one body. */
export class Collector {
  readonly #measurements: Measurement[] = [];
  readonly #dropped: Partial<Record<DropReason, number>> = {};
  readonly #faults: Fault[] = [];
  readonly #untimedMetrics = new Set<string>();
  #faultCount = 0;

  /** Throws `MalformedBody` beyond the limit of samples. */
  accept(measurement: Measurement): void {
    if (this.#measurements.length === requestLimits.samplesMax) throw tooManySamples();
    this.#measurements.push(measurement);
  }

  drop(reason: DropReason, count = 1): void {
    if (count > 0) this.#dropped[reason] = (this.#dropped[reason] ?? 0) + count;
  }

  refuse(at: string, refusal: Refusal): void {
    this.#faultCount += 1;
    if (this.#faults.length < faultsMax) {
      this.#faults.push({ at, code: refusal.code, detail: refusal.detail });
    }
  }

  noteUntimed(metric: string): void {
    this.#untimedMetrics.add(metric);
  }

  /** Throws `MalformedBody` beyond the limit of series. */
  finish(): Decoded {
    this.#limitSeries();
    return {
      measurements: this.#measurements,
      dropped: this.#dropped,
      faults: this.#faults,
      faultCount: this.#faultCount,
      untimedMetrics: [...this.#untimedMetrics],
    };
  }

  /** Only more samples than series may come can be too many series: the others are never counted. */
  #limitSeries(): void {
    if (this.#measurements.length <= requestLimits.seriesMax) return;
    const series = new Set(
      this.#measurements.map(({ projectName, metric, site, resource }) =>
        // Names hold no control characters, so none of them can imitate the separator.
        [projectName, metric, site, resource].join("\n"),
      ),
    );
    if (series.size > requestLimits.seriesMax) {
      const detail = `send at most ${formatLimit(requestLimits.seriesMax)} series in one request, the others in another`;
      throw new MalformedBody("series-too-many", detail);
    }
  }
}

export function tooManySamples(): MalformedBody {
  const detail = `send at most ${formatLimit(requestLimits.samplesMax)} samples in one request, the others in another`;
  return new MalformedBody("samples-too-many", detail);
}
