import type { InflateLimits } from "./decode-remote-write-1.ts";
import { type DecodeContext, type DecodedRemoteWrite, MalformedBody } from "./decoded.ts";
import { inflateSnappy } from "./inflate-snappy.ts";
import type { Extent } from "./label-bytes.ts";
import { type Reader, readEnd, readProtobuf, skipUnknown, tagOf } from "./protobuf-fields.ts";
import { RemoteWriteSeries } from "./remote-write-series.ts";

const timeseries1Tag = tagOf(1, "bytes");
const symbolTag = tagOf(4, "bytes");
const timeseriesTag = tagOf(5, "bytes");
const labelRefsTag = tagOf(1, "bytes");
const labelRefTag = tagOf(1, "varint");
const sampleTag = tagOf(2, "bytes");
const histogramTag = tagOf(3, "bytes");
const exemplarTag = tagOf(4, "bytes");

/** Remote write 2.0, `io.prometheus.write.v2.Request` in Snappy block format → measurements. */
export function decodeRemoteWrite2(
  compressed: Uint8Array,
  context: DecodeContext,
  limits: InflateLimits,
): DecodedRemoteWrite {
  const bytes = inflateSnappy(compressed, limits.uncompressedBytesMax);
  return readProtobuf(bytes, (reader) => {
    const symbolEnds = readSymbols(reader);
    reader.pos = 0;
    const series = new RemoteWriteSeries(reader, bytes, context);
    while (reader.pos < reader.len) {
      const tag = reader.tag();
      if (tag === timeseriesTag) {
        requireEmptySymbol(symbolEnds);
        readSeries(reader, symbolEnds, series);
      } else {
        reader.skipType(tag & 7);
      }
    }
    return series.result();
  });
}

/**
 * The start and end of every string of the symbol table, in a pass of their own: protobuf lets a series
 * come before the symbols that it refers to.
 */
function readSymbols(reader: Reader): readonly number[] {
  const symbolEnds: number[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    switch (tag) {
      case symbolTag: {
        const end = readEnd(reader);
        symbolEnds.push(reader.pos, end);
        reader.pos = end;
        break;
      }
      case timeseriesTag:
        reader.pos = readEnd(reader);
        break;
      case timeseries1Tag:
        // Skipped as unknown, a request of version 1.0 would be an empty one and a success.
        throw new MalformedBody(
          "protobuf-invalid",
          "send remote write 1.0 as application/x-protobuf without another proto parameter",
        );
      default:
        skipUnknown(reader, tag, [4, 5]);
    }
  }
  return symbolEnds;
}

/** Reference 0 says "nothing", so the table must begin with the empty string. */
function requireEmptySymbol(symbolEnds: readonly number[]): void {
  if (symbolEnds.length === 0 || symbolEnds[0] !== symbolEnds[1]) {
    throw new MalformedBody("symbol-invalid", "begin the symbols with the empty string");
  }
}

/** Reused for every series: a request has thousands. */
const labelRefs: number[] = [];

function readSeries(
  reader: Reader,
  symbolEnds: readonly number[],
  series: RemoteWriteSeries,
): void {
  const end = readEnd(reader);
  const outerEnd = reader.len;
  reader.len = end;
  labelRefs.length = 0;
  series.begin();
  while (reader.pos < end) {
    const tag = reader.tag();
    switch (tag) {
      case labelRefsTag:
        reader.uint32s(labelRefs);
        break;
      case labelRefTag:
        labelRefs.push(reader.uint32());
        break;
      case sampleTag:
        series.addSample();
        break;
      case histogramTag:
        series.addHistogram();
        break;
      case exemplarTag:
        series.addExemplar();
        break;
      default:
        skipUnknown(reader, tag, [1, 2, 3, 4]);
    }
  }
  reader.len = outerEnd;
  addLabels(symbolEnds, series);
  series.finish();
}

/** Reused for every label, as in version 1.0. */
const name: Extent = { start: 0, end: 0 };
const value: Extent = { start: 0, end: 0 };

function addLabels(symbolEnds: readonly number[], series: RemoteWriteSeries): void {
  if (labelRefs.length % 2 !== 0) {
    const detail = "send label references in pairs of name and value";
    series.refuseLabels({ code: "labels-invalid", detail });
  }
  for (let index = 0; index + 1 < labelRefs.length && !series.isUnbilled; index += 2) {
    if (
      findSymbol(symbolEnds, labelRefs[index], name) &&
      findSymbol(symbolEnds, labelRefs[index + 1], value)
    ) {
      series.addLabel(name, value);
    } else {
      const detail = `refer to one of the ${symbolEnds.length / 2} symbols only`;
      series.refuseLabels({ code: "symbol-invalid", detail });
    }
  }
}

function findSymbol(
  symbolEnds: readonly number[],
  reference: number | undefined,
  found: Extent,
): boolean {
  const start = symbolEnds[2 * (reference ?? 0)];
  const end = symbolEnds[2 * (reference ?? 0) + 1];
  if (start === undefined || end === undefined) {
    return false;
  }
  found.start = start;
  found.end = end;
  return true;
}
