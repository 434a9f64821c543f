import type { Measurement } from "../billing/measurement.ts";
import type { RefusalCode } from "./refusals.ts";

/** The facts that a decoder is given, because the formats read no clock and no configuration. */
export interface DecodeContext {
  /** Is the metric billed? Samples of others are dropped and counted, or (JSON) refused. */
  readonly isBilled: (metric: string) => boolean;
  /** Instant of samples without a time of their own: the query parameter `time`, else the arrival. */
  readonly untimedMs: number;
  /** Samples before this are refused, Unix ms. */
  readonly oldestMs: number;
  /** Samples after this are refused, Unix ms. */
  readonly newestMs: number;
}

/**
 * Why a sample was left out on purpose. Counted per sample; never a fault. `unpriced:project_vcpu_usage` counts
 * those of the unpriced that were probably meant for the metric with a price, so there is one per such metric.
 */
export type DropReason =
  | "unpriced"
  | `unpriced:${string}`
  | "stale"
  | "not-a-number"
  | "histogram"
  | "conflicting";

/** One refused part of a body whose other parts may be fine. */
export interface Fault {
  /** Where: `measurements[3].value`, `line 12`, `timeseries 4 sample 0`; all counts but lines from 0. */
  readonly at: string;
  readonly code: RefusalCode;
  /** Says what to change. */
  readonly detail: string;
}

/** How much was billed or deliberately ignored, as `X-Prometheus-Remote-Write-*-Written` reports it. */
export interface WrittenCounts {
  readonly samples: number;
  readonly histograms: number;
  readonly exemplars: number;
}

export interface Decoded {
  readonly measurements: readonly Measurement[];
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
  /** For people: names that are nearly those of a billed metric, at most one for each of these. */
  readonly hints: readonly string[];
  /** The first `faultsMax` of them; the body is at fault when `faultCount` is above 0. */
  readonly faults: readonly Fault[];
  readonly faultCount: number;
  /** There were `faultsCountedMax` faults or a few more, and what came after them was not looked at. */
  readonly isCut: boolean;
  /** Billed metrics of which a sample had no time and took `untimedMs`: a `delta` among them is a 400. */
  readonly untimedMetrics: readonly string[];
}

export interface DecodedRemoteWrite extends Decoded {
  readonly written: WrittenCounts;
}

/** A body with a million faults must not become an answer of a hundred megabytes. */
export const faultsMax = 1_000;

/** Nor may it take seconds: 600 bytes of gzip can hold a million faults. The rest is not looked at. */
export const faultsCountedMax = 50_000;

/** The body as a whole cannot be parsed: nothing of it was read. */
export class MalformedBody extends Error {
  override readonly name = "MalformedBody";
  readonly code: RefusalCode;

  constructor(code: RefusalCode, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.code = code;
  }

  /** The same in several requests would be taken. */
  get isTooLarge(): boolean {
    return tooLarge.has(this.code);
  }
}

const tooLarge: ReadonlySet<RefusalCode> = new Set([
  "body-too-large",
  "samples-too-many",
  "series-too-many",
  "symbols-too-many",
]);
