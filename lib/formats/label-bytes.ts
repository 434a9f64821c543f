import { seriesLabels } from "./series-labels.ts";
import { sliceUtf8 } from "./utf8-slice.ts";

/** Where a text lies in a body: labels are compared and skipped as bytes, and few are ever decoded. */
export interface Extent {
  start: number;
  end: number;
}

export type SeriesLabel = keyof typeof seriesLabels;

interface KnownName {
  readonly label: SeriesLabel;
  readonly bytes: Uint8Array;
}

const knownNames: readonly KnownName[] = Object.entries(seriesLabels).map(([label, name]) => ({
  label: label as SeriesLabel,
  bytes: new TextEncoder().encode(name),
}));

/** By length: of the lengths that labels have, most occur once, so that one comparison tells. */
const knownNamesByLength: ReadonlyMap<number, readonly KnownName[]> = Map.groupBy(
  knownNames,
  (known) => known.bytes.length,
);

/** Which label of a series has this name, if any. */
export function findSeriesLabel(bytes: Uint8Array, name: Extent): SeriesLabel | undefined {
  const candidates = knownNamesByLength.get(name.end - name.start);
  return candidates?.find((known) => hasBytesAt(bytes, name.start, known.bytes))?.label;
}

function hasBytesAt(bytes: Uint8Array, start: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index += 1) {
    if (bytes[start + index] !== expected[index]) {
      return false;
    }
  }
  return true;
}

/** Negative, zero or positive: the order of bytes, in which label names must stand. */
export function compareBytes(bytes: Uint8Array, left: Extent, right: Extent): number {
  const leftLength = left.end - left.start;
  const rightLength = right.end - right.start;
  for (let index = 0; index < leftLength && index < rightLength; index += 1) {
    const difference = (bytes[left.start + index] ?? 0) - (bytes[right.start + index] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return leftLength - rightLength;
}

/** Decodes a label's value once for as long as series after series repeats it. */
export class RepeatedText {
  readonly #bytes: Buffer;
  readonly #last: Extent = { start: 0, end: 0 };
  #text: string | undefined = "";

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Undefined where the bytes are not UTF-8. */
  read(extent: Extent): string | undefined {
    if (compareBytes(this.#bytes, extent, this.#last) !== 0) {
      this.#last.start = extent.start;
      this.#last.end = extent.end;
      this.#text = sliceUtf8(this.#bytes, extent.start, extent.end);
    }
    return this.#text;
  }
}
