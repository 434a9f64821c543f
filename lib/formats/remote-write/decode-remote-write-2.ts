import { type DecodeContext, type DecodedRemoteWrite, MalformedBody } from "../decoded.ts";
import { formatLimit, requestLimits } from "../limits.ts";
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
  inflatedBytesMax: number,
): DecodedRemoteWrite {
  const bytes = inflateSnappy(compressed, inflatedBytesMax);
  return readProtobuf(bytes, (reader) => {
    const symbols = new Symbols(readSymbols(reader), inflatedBytesMax);
    reader.pos = 0;
    const series = new RemoteWriteSeries(reader, bytes, context);
    while (reader.pos < reader.len && !series.stopsReading()) {
      const tag = reader.tag();
      if (tag === timeseriesTag) {
        symbols.requireEmpty();
        readSeries(reader, symbols, series);
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
        if (symbolEnds.length === 2 * requestLimits.symbolsMax) throw tooManySymbols();
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

function tooManySymbols(): MalformedBody {
  const limit = formatLimit(requestLimits.symbolsMax);
  const detail = `send at most ${limit} symbols in one request, and the series with the others in another`;
  return new MalformedBody("symbols-too-many", detail);
}

/** One label more than a series may have, so that it is refused; the rest would only take memory. */
const labelRefsMax = 2 * (requestLimits.labelsMax + 1);

/** The symbol table of one request, and the references of the series at hand to it. */
class Symbols {
  readonly #ends: readonly number[];
  readonly #bytesMax: number;
  /** Emptied for each series and never made anew: a request has thousands. */
  readonly #refs: number[] = [];
  #bytesFound = 0;

  constructor(ends: readonly number[], bytesMax: number) {
    this.#ends = ends;
    this.#bytesMax = bytesMax;
  }

  /** Reference 0 says "nothing", so the table must begin with the empty string. */
  requireEmpty(): void {
    if (this.#ends.length === 0 || this.#ends[0] !== this.#ends[1]) {
      throw new MalformedBody("symbol-invalid", "begin the symbols with the empty string");
    }
  }

  /**
   * False where there is no such symbol. A reference of a byte stands for a text of any length, which must
   * not take more than if it were written out: else a small body would cost hours and gigabytes.
   */
  #find(reference: number | undefined, found: Extent): boolean {
    const start = this.#ends[2 * (reference ?? 0)];
    const end = this.#ends[2 * (reference ?? 0) + 1];
    if (start === undefined || end === undefined) return false;
    this.#bytesFound += end - start;
    if (this.#bytesFound > this.#bytesMax) {
      const limit = formatLimit(this.#bytesMax);
      const detail = `send fewer series in one request: written out, their labels have more than ${limit} bytes`;
      throw new MalformedBody("body-too-large", detail);
    }
    found.start = start;
    found.end = end;
    return true;
  }

  beginSeries(): void {
    this.#refs.length = 0;
  }

  readRef(reader: Reader): void {
    const reference = reader.uint32();
    if (this.#refs.length < labelRefsMax) this.#refs.push(reference);
  }

  readPackedRefs(reader: Reader): void {
    const end = readEnd(reader);
    while (reader.pos < end) this.readRef(reader);
    if (reader.pos !== end) throw new RangeError("a label reference ends beyond its field");
  }

  addLabelsTo(series: RemoteWriteSeries): void {
    const refs = this.#refs;
    if (refs.length % 2 !== 0) {
      const detail = "send label references in pairs of name and value";
      series.refuseLabels({ code: "labels-invalid", detail });
    }
    for (let index = 0; index + 1 < refs.length && !series.isUnbilled; index += 2) {
      if (this.#find(refs[index], series.name) && this.#find(refs[index + 1], series.value)) {
        series.addLabel();
      } else {
        const detail = `refer to one of the ${this.#ends.length / 2} symbols only`;
        series.refuseLabels({ code: "symbol-invalid", detail });
      }
    }
  }
}

function readSeries(reader: Reader, symbols: Symbols, series: RemoteWriteSeries): void {
  const end = readEnd(reader);
  const outerEnd = reader.len;
  reader.len = end;
  symbols.beginSeries();
  series.begin();
  while (reader.pos < end) {
    const tag = reader.tag();
    switch (tag) {
      case labelRefsTag:
        symbols.readPackedRefs(reader);
        break;
      case labelRefTag:
        symbols.readRef(reader);
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
  symbols.addLabelsTo(series);
  series.finish();
}
