import type { TimeCount } from "../check-time.ts";
import { Collector } from "../collector.ts";
import { type DecodeContext, type Decoded, MalformedBody } from "../decoded.ts";
import { readUnixMs, readUnixSeconds } from "../read-time.ts";
import { readGoFloat } from "../read-value.ts";
import type { Refusal } from "../refusals.ts";
import { addLine } from "./add-line.ts";
import { decodeText } from "./decode-text.ts";
import { type ExpositionDialect, ExpositionLine } from "./exposition-line.ts";

/** Prometheus text exposition 0.0.4 or OpenMetrics 1.0 → measurements. */
export function decodeExposition(
  body: Uint8Array,
  context: DecodeContext,
  dialect: ExpositionDialect,
): Decoded {
  const text = decodeText(body);
  requireEnd(text, dialect);
  const page = new Page(context, dialect);
  let lineNumber = 0;
  for (let start = 0; start < text.length && !page.stopsReading(); ) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    lineNumber += 1;
    page.readLine(text.slice(start, end), lineNumber);
    start = end + 1;
  }
  return page.finish();
}

const endMark = "# EOF";

/**
 * A page that was cut off on the way may end inside a number, and 12 instead of 1234 would be billed.
 * Both formats therefore mark the end, and this insists on it.
 */
function requireEnd(text: string, dialect: ExpositionDialect): void {
  if (dialect === "openmetrics" && !/(?:^|\n)# EOF\r?\n?$/.test(text.slice(-9))) {
    throw new MalformedBody("end-missing", `end the page with the line \`${endMark}\``);
  }
  if (dialect === "prometheus" && text === "") {
    throw new MalformedBody("end-missing", "send the page: the body is empty");
  }
  if (dialect === "prometheus" && !text.endsWith("\n")) {
    throw new MalformedBody("end-missing", "end the last line with a line feed");
  }
}

const nameBeforeLabels = /^[ \t]*([a-zA-Z_:][a-zA-Z0-9_:]*)\{/;
const numberStart = /^[+-]?(?:\.?\d|inf|nan)/i;

class Page {
  readonly #collector: Collector;
  readonly #context: DecodeContext;
  readonly #dialect: ExpositionDialect;
  readonly #line = new ExpositionLine();
  /** How the last line without a price began. The samples of a metric stand together, so most lines begin alike. */
  #unbilledStart: string | undefined;
  #unbilled = "";
  #ended = false;

  constructor(context: DecodeContext, dialect: ExpositionDialect) {
    this.#context = context;
    this.#collector = new Collector(context);
    this.#dialect = dialect;
  }

  stopsReading(): boolean {
    return this.#collector.stopsReading();
  }

  finish(): Decoded {
    return this.#collector.finish();
  }

  readLine(line: string, lineNumber: number): void {
    if (this.#ended) {
      this.#refuse(lineNumber, { code: "line-invalid", detail: `write nothing after ${endMark}` });
    } else if (this.#isUnbilled(line)) {
      this.#collector.dropUnpriced(this.#unbilled);
    } else if (this.#dialect === "openmetrics") {
      this.#readOpenMetricsLine(line, lineNumber);
    } else if (!/^[ \t\r]*(?:#|$)/.test(line)) {
      // The format has no carriage returns, but pages that were written on Windows do.
      this.#readSample(line.endsWith("\r") ? line.slice(0, -1) : line, lineNumber);
    }
  }

  #readOpenMetricsLine(line: string, lineNumber: number): void {
    const isReturned = line.endsWith("\r");
    this.#ended = (isReturned ? line.slice(0, -1) : line) === endMark;
    if (isReturned) {
      this.#refuse(lineNumber, carriageReturn);
    } else if (!line.startsWith("#")) {
      this.#readSample(line, lineNumber);
    }
  }

  /** Most lines of most pages have labels and no price; such a line is not looked at any further. */
  #isUnbilled(line: string): boolean {
    if (this.#unbilledStart !== undefined && line.startsWith(this.#unbilledStart)) return true;
    const [start, metric = ""] = nameBeforeLabels.exec(line) ?? [];
    if (start === undefined || this.#context.isBilled(metric)) return false;
    this.#unbilledStart = start;
    this.#unbilled = metric;
    return true;
  }

  #readSample(text: string, lineNumber: number): void {
    const line = this.#line;
    if (!line.read(text, this.#dialect)) {
      this.#refuse(lineNumber, line.refusal);
    } else if (this.#context.isBilled(line.metric)) {
      this.#readMeasurement(lineNumber);
    } else if (numberStart.test(line.value)) {
      this.#collector.dropUnpriced(line.metric);
    } else {
      // Each line of an error page would otherwise pass for a metric without a price.
      this.#refuse(lineNumber, { code: "value-invalid", detail: "write a number as the value" });
    }
  }

  #readMeasurement(lineNumber: number): void {
    const { metric, value, time, labels } = this.#line;
    addLine(this.#collector, this.#context, {
      lineNumber,
      series: labels.toSeries(metric),
      value: readGoFloat(value),
      timeMs: time === undefined ? undefined : this.#readTime(time),
      timeCount: timeCounts[this.#dialect],
    });
  }

  #readTime(time: string): number | Refusal {
    if (this.#dialect === "prometheus") {
      return readUnixMs(time) ?? timeInvalid("whole milliseconds", `; ${openMetrics}`);
    }
    return readUnixSeconds(time) ?? timeInvalid("seconds");
  }

  #refuse(lineNumber: number, refusal: Refusal | undefined): void {
    if (refusal !== undefined) this.#collector.refuse(`line ${lineNumber}`, refusal);
  }
}

const carriageReturn: Refusal = {
  code: "line-invalid",
  detail: "end the line with a line feed alone: OpenMetrics takes no carriage return before it",
};

const timeInvalid = (unit: string, hint = ""): Refusal => ({
  code: "time-invalid",
  detail: `write the timestamp in ${unit} since 1970${hint}`,
});

const openMetrics = "a page in seconds is OpenMetrics: send it as application/openmetrics-text";

const timeCounts: Readonly<Record<ExpositionDialect, TimeCount>> = {
  prometheus: {
    unit: "ms",
    remedy: (meant) =>
      meant === "s" ? `write milliseconds (${openMetrics})` : "write milliseconds",
  },
  openmetrics: { unit: "s", remedy: () => "write seconds" },
};
