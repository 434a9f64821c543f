import { seriesLabels } from "../series-labels.ts";
import { sliceUtf8 } from "./utf8-slice.ts";

/** Where a text lies in a body: labels are compared and skipped as bytes, and few are ever decoded. */
export interface Extent {
  start: number;
  end: number;
}

export type SeriesLabel = keyof typeof seriesLabels;

/** They are ASCII, which is the same text in Latin-1 and in UTF-8. */
const labelsByName: ReadonlyMap<string, SeriesLabel> = new Map(
  Object.entries(seriesLabels).map(([label, name]) => [name, label as SeriesLabel]),
);

/** The name of a label as it stood somewhere in a body. */
export class LabelName implements Extent {
  readonly start: number;
  readonly end: number;
  /** Which label of a series it is, if any. */
  readonly label: SeriesLabel | undefined;
  /** The last series that had it: a second time in the same series is one too many. */
  seriesIndex = -1;
  /** The name that came after it last time. */
  next: LabelName | undefined;

  constructor(start: number, end: number, label: SeriesLabel | undefined) {
    this.start = start;
    this.end = end;
    this.label = label;
  }
}

/** Senders have far fewer. Names made up to fill the memory are forgotten beyond this. */
const namesMax = 2_000;

/**
 * Knows the names of labels that came before. Series after series has the same ones in the same order,
 * so one comparison finds most of them.
 */
export class LabelNames {
  readonly #bytes: Buffer;
  readonly #byText = new Map<string, LabelName>();
  readonly #first = new LabelName(0, 0, undefined);
  #previous = this.#first;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  beginSeries(): void {
    this.#previous = this.#first;
    if (this.#byText.size > namesMax) {
      this.#byText.clear();
      this.#first.next = undefined;
    }
  }

  find(name: Extent): LabelName {
    const expected = this.#previous.next;
    const found =
      expected !== undefined && hasSameBytes(this.#bytes, expected, name)
        ? expected
        : this.#lookUp(name);
    this.#previous.next = found;
    this.#previous = found;
    return found;
  }

  #lookUp(name: Extent): LabelName {
    const text = this.#bytes.toString("latin1", name.start, name.end);
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const added = new LabelName(name.start, name.end, labelsByName.get(text));
    this.#byText.set(text, added);
    return added;
  }
}

function hasSameBytes(bytes: Uint8Array, left: Extent, right: Extent): boolean {
  const length = left.end - left.start;
  if (right.end - right.start !== length) return false;
  if (left.start === right.start) return true;
  for (let index = 0; index < length; index += 1) {
    if (bytes[left.start + index] !== bytes[right.start + index]) return false;
  }
  return true;
}

/** Decodes a label's value again only where a series has another one than the series before. */
export class RepeatedText {
  readonly #bytes: Buffer;
  readonly #last: Extent = { start: 0, end: 0 };
  #text: string | undefined = "";

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Undefined where the bytes are not UTF-8. */
  read(extent: Extent): string | undefined {
    if (!hasSameBytes(this.#bytes, extent, this.#last)) {
      this.#last.start = extent.start;
      this.#last.end = extent.end;
      this.#text = sliceUtf8(this.#bytes, extent.start, extent.end);
    }
    return this.#text;
  }
}
