import type { DecodeContext, DecodedRemoteWrite } from "../decoded.ts";
import { MalformedBody } from "../decoded.ts";
import { inflateSnappy } from "./inflate-snappy.ts";
import type { Extent } from "./label-bytes.ts";
import { type Reader, readEnd, readProtobuf, skipUnknown, tagOf } from "./protobuf-fields.ts";
import { RemoteWriteSeries } from "./remote-write-series.ts";

const timeseriesTag = tagOf(1, "bytes");
const timeseries2Tag = tagOf(5, "bytes");
const labelTag = tagOf(1, "bytes");
const sampleTag = tagOf(2, "bytes");
const exemplarTag = tagOf(3, "bytes");
const histogramTag = tagOf(4, "bytes");
const labelNameTag = tagOf(1, "bytes");
const labelValueTag = tagOf(2, "bytes");

/**
 * Remote write 1.0, `prometheus.WriteRequest` in Snappy block format → measurements. A body that declares
 * to inflate to more bytes than the limit is refused before any of it is inflated.
 */
export function decodeRemoteWrite1(
  compressed: Uint8Array,
  context: DecodeContext,
  inflatedBytesMax: number,
): DecodedRemoteWrite {
  const bytes = inflateSnappy(compressed, inflatedBytesMax);
  return readProtobuf(bytes, (reader) => {
    const series = new RemoteWriteSeries(reader, bytes, context);
    while (reader.pos < reader.len && !series.stopsReading()) readRequestField(reader, series);
    return series.result();
  });
}

function readRequestField(reader: Reader, series: RemoteWriteSeries): void {
  const tag = reader.tag();
  switch (tag) {
    case timeseriesTag:
      readSeries(reader, series);
      break;
    case timeseries2Tag:
      // Version 2.0 keeps its fields apart on purpose: read as 1.0 it would be an empty request and a success.
      throw new MalformedBody(
        "protobuf-invalid",
        "send remote write 2.0 as application/x-protobuf;proto=io.prometheus.write.v2.Request",
      );
    default:
      // Metadata, and what Cortex and its heirs add.
      skipUnknown(reader, tag, [1]);
  }
}

function readSeries(reader: Reader, series: RemoteWriteSeries): void {
  const end = readEnd(reader);
  const outerEnd = reader.len;
  reader.len = end;
  series.begin();
  while (reader.pos < end) {
    const tag = reader.tag();
    switch (tag) {
      case labelTag:
        readLabel(reader, series);
        break;
      case sampleTag:
        series.addSample();
        break;
      case exemplarTag:
        series.addExemplar();
        break;
      case histogramTag:
        series.addHistogram();
        break;
      default:
        skipUnknown(reader, tag, [1, 2, 3, 4]);
    }
  }
  reader.len = outerEnd;
  series.finish();
}

function readLabel(reader: Reader, series: RemoteWriteSeries): void {
  const end = readEnd(reader);
  if (series.isUnbilled) {
    reader.pos = end;
    return;
  }
  const outerEnd = reader.len;
  reader.len = end;
  const { name, value } = series;
  name.start = name.end = value.start = value.end = end;
  while (reader.pos < end) {
    const tag = reader.tag();
    switch (tag) {
      case labelNameTag:
        readExtent(reader, name);
        break;
      case labelValueTag:
        readExtent(reader, value);
        break;
      default:
        skipUnknown(reader, tag, [1, 2]);
    }
  }
  reader.len = outerEnd;
  series.addLabel();
}

function readExtent(reader: Reader, extent: Extent): void {
  extent.end = readEnd(reader);
  extent.start = reader.pos;
  reader.pos = extent.end;
}
