import type { Measurement } from "../billing/measurement.ts";
import type { Refusal } from "./check-measurement.ts";
import { type Decoded, type DropReason, type Fault, faultsMax } from "./decoded.ts";

/** What a decoder has found so far in one body. */
export class Collector {
  readonly #measurements: Measurement[] = [];
  readonly #dropped: Partial<Record<DropReason, number>> = {};
  readonly #faults: Fault[] = [];
  readonly #untimedMetrics = new Set<string>();
  #faultCount = 0;

  accept(measurement: Measurement): void {
    this.#measurements.push(measurement);
  }

  drop(reason: DropReason, count = 1): void {
    if (count > 0) {
      this.#dropped[reason] = (this.#dropped[reason] ?? 0) + count;
    }
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

  finish(): Decoded {
    return {
      measurements: this.#measurements,
      dropped: this.#dropped,
      faults: this.#faults,
      faultCount: this.#faultCount,
      untimedMetrics: [...this.#untimedMetrics],
    };
  }
}
