import { requestLimits } from "../limits.ts";
import type { Refusal } from "../refusals.ts";
import { LabelValues } from "../series-labels.ts";

export type ExpositionDialect = "prometheus" | "openmetrics";

const metricNameAt = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const labelNameAt = /[a-zA-Z_][a-zA-Z0-9_]*/y;

/** A value and perhaps a timestamp; OpenMetrics may add an exemplar, which is ignored. */
const tails: Readonly<Record<ExpositionDialect, RegExp>> = {
  prometheus: /([^ \t]+)(?:[ \t]+([^ \t]+))?[ \t]*$/y,
  openmetrics: /([^ \t]+)(?:[ \t]+([^# \t][^ \t]*))?(?:[ \t]+#[ \t].*)?[ \t]*$/sy,
};

/**
 * Takes one sample line apart: `name{label="value",…} value [timestamp]`, the name also quoted inside the
 * braces as Prometheus 3 writes names beyond ASCII. One object reads all lines of a page.
 */
export class ExpositionLine {
  metric = "";
  value = "";
  time: string | undefined;
  /** Set when `read` returned false. */
  refusal: Refusal | undefined;
  readonly labels = new LabelValues();
  #line = "";
  #position = 0;

  read(line: string, dialect: ExpositionDialect): boolean {
    this.#line = line;
    this.#position = 0;
    this.labels.clear();
    this.#skipBlanks();
    this.metric = this.#readName(metricNameAt);
    this.#skipBlanks();
    if (this.#take("{") && !this.#readLabels()) return false;
    if (this.metric === "") return this.#expected("the name of a metric");
    return this.#readTail(dialect);
  }

  #readTail(dialect: ExpositionDialect): boolean {
    this.#skipBlanks();
    const tail = tails[dialect];
    tail.lastIndex = this.#position;
    const match = tail.exec(this.#line);
    if (match === null) return this.#expected("a value and at most a timestamp after it");
    this.value = match[1] ?? "";
    this.time = match[2];
    return true;
  }

  #readLabels(): boolean {
    this.#skipBlanks();
    while (!this.#take("}")) {
      if (!this.#readLabel()) return false;
      this.#skipBlanks();
      const comma = this.#take(",");
      this.#skipBlanks();
      if (!comma && this.#line[this.#position] !== "}") {
        return this.#expected("a comma or a closing brace");
      }
    }
    return true;
  }

  #readLabel(): boolean {
    const quotedName = this.#readQuoted();
    const name = quotedName ?? this.#readName(labelNameAt);
    if (name === "") return this.#expected("the name of a label");
    this.#skipBlanks();
    if (!this.#take("=")) {
      return quotedName === undefined ? this.#expected("=") : this.#setMetric(quotedName);
    }
    this.#skipBlanks();
    const value = this.#readQuoted();
    if (value === undefined) return this.#expected("a value in double quotes");
    this.refusal = this.labels.add(name, value, "label");
    return this.refusal === undefined;
  }

  #setMetric(name: string): boolean {
    if (this.metric !== "") return this.#expected("= and a value, or no second name of a metric,");
    this.metric = name;
    return true;
  }

  /** The text in double quotes that begins here, its escapes undone; undefined where no quote opens and closes. */
  #readQuoted(): string | undefined {
    if (this.#line[this.#position] !== '"') return undefined;
    const start = this.#position + 1;
    let end = this.#line.indexOf('"', start);
    let text = this.#line.slice(start, end);
    if (text.includes("\\")) {
      end = findClosingQuote(this.#line, start);
      text = this.#line.slice(start, end);
      // Twice the limit is too long even if every character is escaped, and need not be unescaped.
      text = text.length > 2 * requestLimits.labelValueBytesMax ? text : unescapeLabel(text);
    }
    if (end < 0) return undefined;
    this.#position = end + 1;
    return text;
  }

  #readName(pattern: RegExp): string {
    const start = this.#position;
    pattern.lastIndex = start;
    this.#position = pattern.test(this.#line) ? pattern.lastIndex : start;
    return this.#line.slice(start, this.#position);
  }

  #skipBlanks(): void {
    while (this.#line[this.#position] === " " || this.#line[this.#position] === "\t") {
      this.#position += 1;
    }
  }

  #take(character: string): boolean {
    if (this.#line[this.#position] !== character) return false;
    this.#position += 1;
    return true;
  }

  #expected(what: string): false {
    const detail = `write ${what} at column ${this.#position + 1}`;
    this.refusal = { code: "line-invalid", detail };
    return false;
  }
}

/** A quote after a backslash belongs to the text, and a backslash after a backslash escapes nothing. */
function findClosingQuote(line: string, start: number): number {
  for (let index = start; index < line.length; index += 1) {
    if (line[index] === '"') return index;
    if (line[index] === "\\") index += 1;
  }
  return -1;
}

/** Any other backslash stands for itself. */
const unescapeLabel = (text: string): string =>
  text.replace(/\\(["\\n])/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
