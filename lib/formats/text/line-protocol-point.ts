import type { Refusal } from "../refusals.ts";
import { LabelValues } from "../series-labels.ts";

/** The only field that is billed; others may stand beside it. */
const billedField = "value";

const nameEnds = /[,= ]/g;
const ends = /[, ]/g;

const point = (detail: string): Refusal => ({ code: "line-invalid", detail });

/**
 * Takes one line apart: `measurement[,tag=value…] field=value[,field=value…] [timestamp]`. A character that
 * separates belongs to the text where a backslash stands before it, and every other backslash is one: the
 * rule of InfluxDB 1, whose subscriptions send this. One object reads all lines of a body.
 */
export class LineProtocolPoint {
  measurement = "";
  /** As written, with its type suffix; undefined when the line has no such field. */
  value: string | undefined;
  time: string | undefined;
  /** Set when a method returned false. */
  refusal: Refusal | undefined;
  readonly tags = new LabelValues();
  #line = "";
  #position = 0;

  /** Reads as far as the name, which decides whether the rest matters. */
  readMeasurement(line: string): boolean {
    this.#line = line;
    const end = findSeparator(line, ends, 0);
    if (end <= 0) {
      return this.#refuse("write measurement, tags and fields, as in `name,tag=a value=1`");
    }
    this.measurement = unescapeText(line.slice(0, end), /\\([, ])/g);
    this.#position = end;
    return true;
  }

  readRest(): boolean {
    this.tags.clear();
    this.value = undefined;
    return this.#readTags() && this.#readFields() && this.#readTime();
  }

  #readTags(): boolean {
    while (this.#line[this.#position] === ",") {
      const equals = findSeparator(this.#line, nameEnds, this.#position + 1);
      const end = equals < 0 ? -1 : findSeparator(this.#line, ends, equals + 1);
      if (this.#line[equals] !== "=" || end < 0 || equals === this.#position + 1) {
        return this.#refuse("write every tag as `name=value`");
      }
      const name = unescapeText(this.#line.slice(this.#position + 1, equals));
      const value = unescapeText(this.#line.slice(equals + 1, end));
      this.refusal = this.tags.add(name, value, "tag");
      if (this.refusal !== undefined) return false;
      this.#position = end;
    }
    return true;
  }

  #readFields(): boolean {
    this.#skipSpaces();
    do {
      const start = this.#position;
      const equals = findSeparator(this.#line, nameEnds, start);
      const end = this.#line[equals] === "=" ? this.#findFieldEnd(equals + 1) : -1;
      if (end <= equals + 1 || equals === start) {
        return this.#refuse("write every field as `name=value`, with text in double quotes");
      }
      if (unescapeText(this.#line.slice(start, equals)) === billedField) {
        if (this.value !== undefined) {
          // Either of the two could be meant.
          return this.#refuse("send the field `value` once");
        }
        this.value = this.#line.slice(equals + 1, end);
      }
      this.#position = end + 1;
    } while (this.#line[this.#position - 1] === ",");
    this.#position -= 1;
    return true;
  }

  /** Text in double quotes may hold commas and spaces; -1 when it does not end. */
  #findFieldEnd(start: number): number {
    if (this.#line[start] !== '"') {
      const end = findSeparator(this.#line, ends, start);
      return end < 0 ? this.#line.length : end;
    }
    for (let index = start + 1; index < this.#line.length; index += 1) {
      if (this.#line[index] === '"') {
        const next = this.#line[index + 1];
        return next === undefined || next === "," || next === " " ? index + 1 : -1;
      }
      if (this.#line[index] === "\\") index += 1;
    }
    return -1;
  }

  #readTime(): boolean {
    this.#skipSpaces();
    const rest = this.#line.slice(this.#position).trimEnd();
    this.time = rest === "" ? undefined : rest;
    return !rest.includes(" ") || this.#refuse("write nothing after the timestamp");
  }

  #skipSpaces(): void {
    while (this.#line[this.#position] === " ") this.#position += 1;
  }

  #refuse(detail: string): false {
    this.refusal = point(detail);
    return false;
  }
}

/** Where a separator stands first without a backslash before it, or -1. */
function findSeparator(line: string, separators: RegExp, start: number): number {
  separators.lastIndex = start;
  while (separators.test(line)) {
    const index = separators.lastIndex - 1;
    if (line[index - 1] !== "\\") return index;
  }
  return -1;
}

const unescapeText = (text: string, escapes = /\\([,= ])/g): string =>
  text.includes("\\") ? text.replace(escapes, "$1") : text;
