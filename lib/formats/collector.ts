import type { Measurement } from "../billing/measurement.ts";
import {
  type DecodeContext,
  type Decoded,
  type DropReason,
  type Fault,
  faultsCountedMax,
  faultsMax,
  MalformedBody,
} from "./decoded.ts";
import { keepLowest } from "./keep-lowest.ts";
import { formatLimit, requestLimits } from "./limits.ts";
import { findNearMiss } from "./near-miss.ts";
import type { Refusal } from "./refusals.ts";

/** Collects what a decoder finds in one body. */
export class Collector {
  readonly #context: DecodeContext;
  readonly #measurements: Measurement[] = [];
  readonly #dropped: Partial<Record<DropReason, number>> = {};
  readonly #faults: Fault[] = [];
  readonly #untimedMetrics = new Set<string>();
  /** By the billed metric that was probably meant. */
  readonly #hints = new Map<string, string>();
  /** The samples of a metric stand together, so its near miss is looked for once. */
  #unpriced = "";
  #nearMiss: string | undefined;
  #faultCount = 0;
  #isCut = false;

  constructor(context: DecodeContext) {
    this.#context = context;
  }

  /**
   * Asked before each part of a body is read. True where it has so many faults already that the rest is not
   * looked at: a few bytes of gzip hold millions of parts, and each fault costs more than its part did.
   */
  stopsReading(): boolean {
    if (this.#faultCount < faultsCountedMax) return false;
    this.#isCut = true;
    return true;
  }

  /** Throws `MalformedBody` beyond the limit of samples. */
  accept(measurement: Measurement): void {
    if (this.#measurements.length === requestLimits.samplesMax) throw tooManySamples();
    this.#measurements.push(measurement);
  }

  drop(reason: DropReason, count = 1): void {
    if (count > 0) this.#dropped[reason] = (this.#dropped[reason] ?? 0) + count;
  }

  /** Counts samples of a metric without a price, and also by the metric that was probably meant, if there is one. */
  dropUnpriced(metric: string, count = 1): void {
    this.drop("unpriced", count);
    if (metric !== this.#unpriced) {
      this.#unpriced = metric;
      this.#nearMiss = findNearMiss(metric, this.#context.isBilled);
    }
    if (this.#nearMiss === undefined || count === 0) return;
    this.drop(`unpriced:${this.#nearMiss}`, count);
    this.#noteHint(this.#nearMiss, metric);
  }

  #noteHint(billed: string, metric: string): void {
    if (this.#hints.has(billed)) return;
    this.#hints.set(billed, `${metric} has no price here, but ${billed} has: send it by that name`);
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
    const { measurements, conflicting, seriesCount } = keepLowest(this.#measurements);
    if (seriesCount > requestLimits.seriesMax) throw tooManySeries();
    this.drop("conflicting", conflicting);
    return {
      measurements,
      dropped: this.#dropped,
      hints: [...this.#hints.values()],
      faults: this.#faults,
      faultCount: this.#faultCount,
      isCut: this.#isCut,
      untimedMetrics: [...this.#untimedMetrics],
    };
  }
}

export function tooManySamples(): MalformedBody {
  const detail = `send at most ${formatLimit(requestLimits.samplesMax)} samples in one request, the others in another`;
  return new MalformedBody("samples-too-many", detail);
}

function tooManySeries(): MalformedBody {
  const detail = `send at most ${formatLimit(requestLimits.seriesMax)} series in one request, the others in another`;
  return new MalformedBody("series-too-many", detail);
}
