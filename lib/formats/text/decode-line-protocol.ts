import { type TimeCount, unitNames } from "../check-time.ts";
import { Collector } from "../collector.ts";
import type { DecodeContext, Decoded } from "../decoded.ts";
import { readUnixCount, type UnixUnit } from "../read-time.ts";
import { readDecimal } from "../read-value.ts";
import type { Refusal } from "../refusals.ts";
import { addLine } from "./add-line.ts";
import { decodeText } from "./decode-text.ts";
import { LineProtocolPoint } from "./line-protocol-point.ts";

/** InfluxDB line protocol → measurements: the old subscription's input, its timestamps in this unit. */
export function decodeLineProtocol(
  body: Uint8Array,
  context: DecodeContext,
  unit: UnixUnit = "ns",
): Decoded {
  const text = decodeText(body);
  const lines = new Lines(context, unit);
  let lineNumber = 0;
  for (let start = 0; start < text.length && !lines.stopsReading(); ) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    lineNumber += 1;
    lines.read(text.slice(start, text[end - 1] === "\r" ? end - 1 : end), lineNumber);
    start = end + 1;
  }
  return lines.finish();
}

class Lines {
  readonly #collector: Collector;
  readonly #context: DecodeContext;
  readonly #timeCount: TimeCount;
  readonly #point = new LineProtocolPoint();

  constructor(context: DecodeContext, unit: UnixUnit) {
    this.#context = context;
    this.#collector = new Collector(context);
    this.#timeCount = { unit, remedy: (meant) => `send it with ?precision=${meant}` };
  }

  stopsReading(): boolean {
    return this.#collector.stopsReading();
  }

  finish(): Decoded {
    return this.#collector.finish();
  }

  read(untrimmed: string, lineNumber: number): void {
    const line = untrimmed.trimStart();
    if (line === "" || line.startsWith("#")) return;
    const point = this.#point;
    if (!point.readMeasurement(line)) {
      this.#refuse(lineNumber, point.refusal);
    } else if (this.#context.isBilled(point.measurement)) {
      this.#readPoint(lineNumber);
    } else if (this.#isExposition(point.measurement)) {
      // It would pass for a measurement without a price, and nothing of the page would ever be billed.
      this.#refuse(lineNumber, { code: "line-invalid", detail: "send pages to /measurements" });
    } else if (line.includes("=")) {
      this.#collector.dropUnpriced(point.measurement);
    } else {
      // Any text would pass for a measurement without a price.
      this.#refuse(lineNumber, { code: "line-invalid", detail: "write at least one field" });
    }
  }

  /** `name{label="value"} 1`, of which the name is billed. */
  #isExposition(measurement: string): boolean {
    const brace = measurement.indexOf("{");
    return brace > 0 && this.#context.isBilled(measurement.slice(0, brace));
  }

  #readPoint(lineNumber: number): void {
    const point = this.#point;
    if (!point.readRest()) {
      this.#refuse(lineNumber, point.refusal);
      return;
    }
    addLine(this.#collector, this.#context, {
      lineNumber,
      series: point.tags.toSeries(point.measurement),
      value: readFieldValue(point.value),
      timeMs: point.time === undefined ? undefined : readTime(point.time, this.#timeCount.unit),
      timeCount: this.#timeCount,
    });
  }

  #refuse(lineNumber: number, refusal: Refusal | undefined): void {
    if (refusal !== undefined) this.#collector.refuse(`line ${lineNumber}`, refusal);
  }
}

/** A float, or an integer with the suffix `i` (signed) or `u` (unsigned). */
function readFieldValue(text: string | undefined): string | Refusal | undefined {
  if (text === undefined) return { code: "value-invalid", detail: "write the field `value`" };
  if (/^nan$/i.test(text)) return undefined;
  return readDecimal(/^[+-]?\d+[iu]$/.test(text) ? text.slice(0, -1) : text);
}

const readTime = (text: string, unit: UnixUnit): number | Refusal =>
  readUnixCount(text, unit) ?? {
    code: "time-invalid",
    detail: `write the timestamp in whole ${unitNames[unit]} since 1970, or name its unit in ?precision=`,
  };
