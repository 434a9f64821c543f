import { compressSnappy, placeStaleMarkers, requestType } from "../formats/remote-write-body.ts";

export type Labels = Readonly<Record<string, string>>;

export interface SentSeries {
  /** Sent in this order. */
  readonly labels: Labels;
  readonly samples?: readonly {
    readonly value: number;
    readonly timeMs: number;
    readonly startMs?: number;
  }[];
  readonly histograms?: readonly object[];
  readonly exemplars?: readonly {
    readonly labels: Labels;
    readonly value: number;
    readonly timeMs: number;
  }[];
  readonly metadata?: { readonly type: number; readonly help?: string; readonly unit?: string };
}

/** All that a request of remote write 2.0 can hold, as it would come over the wire. */
export function writeRequest(series: readonly SentSeries[]): Uint8Array {
  const symbols = [""];
  const references = new Map([["", 0]]);
  const refer = (text: string): number => {
    const reference = references.get(text) ?? symbols.push(text) - 1;
    references.set(text, reference);
    return reference;
  };
  const referAll = (labels: Labels) => Object.entries(labels).flat().map(refer);
  const timeseries = series.map(({ labels, samples = [], exemplars = [], ...rest }) => ({
    labels_refs: referAll(labels),
    samples: samples.map(({ value, timeMs, startMs = 0 }) => ({
      value,
      timestamp: timeMs,
      start_timestamp: startMs,
    })),
    histograms: rest.histograms ?? [],
    exemplars: exemplars.map((exemplar) => ({
      labels_refs: referAll(exemplar.labels),
      value: exemplar.value,
      timestamp: exemplar.timeMs,
    })),
    ...(rest.metadata === undefined
      ? {}
      : {
          metadata: {
            type: rest.metadata.type,
            help_ref: refer(rest.metadata.help ?? ""),
            unit_ref: refer(rest.metadata.unit ?? ""),
          },
        }),
  }));
  const request = { symbols: symbols.map((text) => new TextEncoder().encode(text)), timeseries };
  return compressSnappy(placeStaleMarkers(requestType.encode(request).finish()));
}

interface HistogramParts {
  readonly positive?: boolean;
  readonly negative?: boolean;
  readonly zero?: boolean;
  readonly customBuckets?: boolean;
  /** Of which the buckets know nothing. */
  readonly countBeside?: number;
  readonly startMs?: number;
}

/** A native histogram whose count is that of its buckets. */
export function histogram(timeMs: number, parts: HistogramParts = {}): object {
  const { positive, negative, zero, customBuckets, countBeside = 0, startMs = 0 } = parts;
  const bucketed = positive || customBuckets;
  return {
    // Deltas: 2, 3 and 1 observations above zero, 4 below.
    count_int: (bucketed ? 6 : 0) + (negative ? 4 : 0) + (zero ? 1 : 0) + countBeside,
    sum: 12.5,
    ...(bucketed
      ? { positive_spans: [{ offset: 0, length: 3 }], positive_deltas: [2, 1, -2] }
      : {}),
    ...(negative ? { negative_spans: [{ offset: 1, length: 1 }], negative_deltas: [4] } : {}),
    ...(zero ? { zero_count_int: 1 } : {}),
    ...(customBuckets ? { schema: -53, custom_values: [0.5, 1, 5] } : {}),
    timestamp: timeMs,
    start_timestamp: startMs,
  };
}
