import { createRequire } from "node:module";
import protobuf from "protobufjs";

const { compress } = createRequire(import.meta.url)("snappyjs") as {
  readonly compress: (bytes: Uint8Array) => Uint8Array;
};

/**
 * The messages as the specifications declare them, for protobufjs' own encoder and decoder: nothing of what
 * is tested. Texts are bytes here, so that a test can send what is no text.
 */
const { root } = protobuf.parse(
  `syntax = "proto3";
  message WriteRequest { repeated TimeSeries timeseries = 1; repeated Metadata metadata = 3; }
  message Metadata { uint32 type = 1; bytes metric_family_name = 2; }
  message TimeSeries {
    repeated Label labels = 1; repeated Sample samples = 2;
    repeated Exemplar exemplars = 3; repeated Histogram histograms = 4;
  }
  message Label { bytes name = 1; bytes value = 2; }
  message Sample { double value = 1; int64 timestamp = 2; int64 start_timestamp = 3; }
  message Exemplar { repeated Label labels = 1; double value = 2; int64 timestamp = 3; }
  message Histogram {
    uint64 count_int = 1; double sum = 3; sint32 schema = 4; uint64 zero_count_int = 6;
    repeated Span negative_spans = 8; repeated sint64 negative_deltas = 9;
    repeated Span positive_spans = 11; repeated sint64 positive_deltas = 12;
    int64 timestamp = 15; repeated double custom_values = 16; int64 start_timestamp = 17;
  }
  message Span { sint32 offset = 1; uint32 length = 2; }
  message Request { repeated bytes symbols = 4; repeated TimeSeries2 timeseries = 5; }
  message TimeSeries2 {
    repeated uint32 labels_refs = 1; repeated Sample samples = 2; repeated Histogram histograms = 3;
    repeated Exemplar2 exemplars = 4; Metadata2 metadata = 5; int64 created_timestamp = 6;
  }
  message Exemplar2 { repeated uint32 labels_refs = 1; double value = 2; int64 timestamp = 3; }
  message Metadata2 { uint32 type = 1; uint32 help_ref = 3; uint32 unit_ref = 4; }`,
  { keepCase: true },
);

export const writeRequestType = root.lookupType("WriteRequest");
export const requestType = root.lookupType("Request");

export type Label = readonly [name: string | Uint8Array, value: string | Uint8Array];

export interface Series {
  readonly labels: readonly Label[];
  readonly samples?: readonly (readonly [value: number, timeMs: number])[];
  readonly histograms?: number;
  readonly exemplars?: number;
}

/**
 * Stands for the stale marker, which is a signalling NaN: as a number in JavaScript it would lose the bits that
 * make it one. Its bytes are put in place of this number's.
 */
export const staleMarker = -7.0625e-77;

export function placeStaleMarkers(message: Uint8Array): Buffer {
  const placed = Buffer.from(message);
  const stand = Buffer.from(new Float64Array([staleMarker]).buffer);
  for (let at = placed.indexOf(stand); at >= 0; at = placed.indexOf(stand)) {
    placed.write("02000000" + "0000f07f", at, "hex");
  }
  return placed;
}

const toBytes = (text: string | Uint8Array): Uint8Array =>
  typeof text === "string" ? Buffer.from(text) : text;

const toSamples = (series: Series) =>
  (series.samples ?? []).map(([value, timestamp]) => ({ value, timestamp }));

const times = <T>(count: number | undefined, make: () => T): T[] =>
  Array.from({ length: count ?? 0 }, make);

const soundHistogram = { count_int: 1, sum: 1, zero_count_int: 1, timestamp: 1 };

/** A body of remote write 1.0 as it would come over the wire. */
export const encodeRemoteWrite1 = (series: readonly Series[], metadata = 0): Uint8Array =>
  compress(remoteWrite1Message(series, metadata));

/** The same before it is compressed. */
export function remoteWrite1Message(series: readonly Series[], metadata = 0): Buffer {
  const timeseries = series.map((one) => ({
    labels: one.labels.map(([name, value]) => ({ name: toBytes(name), value: toBytes(value) })),
    samples: toSamples(one),
    exemplars: times(one.exemplars, () => ({ labels: [], value: 1, timestamp: 1 })),
    histograms: times(one.histograms, () => soundHistogram),
  }));
  const families = times(metadata, () => ({
    type: 2,
    metric_family_name: toBytes("project_vcpu_usage"),
  }));
  const request = { timeseries, metadata: families };
  return placeStaleMarkers(writeRequestType.encode(request).finish());
}

/** Content of a request of remote write 2.0 that replaces what its series need. */
interface ChangedRequest {
  readonly symbols?: readonly Uint8Array[];
  readonly refs?: readonly number[];
}

/** A body of remote write 2.0 as it would come over the wire. */
export const encodeRemoteWrite2 = (
  series: readonly Series[],
  changed: ChangedRequest = {},
): Uint8Array => compress(remoteWrite2Message(series, changed));

/** The same before it is compressed. */
export function remoteWrite2Message(
  series: readonly Series[],
  changed: ChangedRequest = {},
): Buffer {
  const symbols: Uint8Array[] = [new Uint8Array()];
  const symbolize = (text: string | Uint8Array): number => symbols.push(toBytes(text)) - 1;
  const timeseries = series.map((one) => ({
    labels_refs: changed.refs ?? one.labels.flat().map(symbolize),
    samples: toSamples(one).map((sample) => ({ ...sample, start_timestamp: 1_000 })),
    exemplars: times(one.exemplars, () => ({ labels_refs: [], value: 1, timestamp: 1 })),
    histograms: times(one.histograms, () => soundHistogram),
    metadata: { type: 2, help_ref: 0, unit_ref: 0 },
    created_timestamp: 1_000,
  }));
  const request = { symbols: changed.symbols ?? symbols, timeseries };
  return placeStaleMarkers(requestType.encode(request).finish());
}

export { compress as compressSnappy };
