import {
  compressSnappy,
  remoteWrite1Message,
  remoteWrite2Message,
  type Series,
} from "../../../support/formats/remote-write-body.ts";
import { varint } from "./protobuf-field.ts";

export type Samples = NonNullable<Series["samples"]>;

const firstProject = "p000000";
const projectNumber = (index: number) => String(index).padStart(6, "0");

/** The entry so many times, each with its index in the project's name. */
function repeatProject(entry: Buffer, count: number): Buffer {
  const entries = Buffer.alloc(count * entry.length, entry);
  const at = entry.indexOf(firstProject) + 1;
  for (let index = 1; index < count; index++) {
    entries.write(projectNumber(index), index * entry.length + at, "latin1");
  }
  return entries;
}

/**
 * A body of very many series that differ in their projects' names only. One series is encoded and its bytes
 * are repeated, because to encode each by itself takes longer than the code under test: a repeated field of
 * a message is its entries one after the other.
 */
export function repeatedRemoteWrite1(count: number, samples: Samples): Uint8Array {
  const labels = [
    ["__name__", "project_vcpu_usage"],
    ["project_name", firstProject],
  ] as const;
  return compressSnappy(repeatProject(remoteWrite1Message([{ labels, samples }]), count));
}

/** The same in version 2.0; each series has a symbol of its own for its project's name. */
export function repeatedRemoteWrite2(count: number, samples: Samples): Uint8Array {
  const symbolsOnly = (...symbols: string[]) =>
    remoteWrite2Message([], { symbols: symbols.map((text) => Buffer.from(text)) });
  const fixed = ["", "__name__", "project_vcpu_usage", "project_name"];
  const seriesOf = (reference: number) =>
    remoteWrite2Message([{ labels: [], samples }], { symbols: [], refs: [1, 2, 3, reference] });
  return compressSnappy(
    Buffer.concat([
      symbolsOnly(...fixed),
      repeatProject(symbolsOnly(firstProject), count),
      ...repeatReference(seriesOf, fixed.length, count),
    ]),
  );
}

/** Series that refer to one symbol after the other; references of one length differ in their bytes only. */
function* repeatReference(
  seriesOf: (reference: number) => Buffer,
  first: number,
  count: number,
): Generator<Buffer> {
  for (let from = first; from < first + count; ) {
    const bytes = varint(from).length;
    const until = Math.min(first + count, 128 ** bytes);
    const entry = seriesOf(from);
    const at = entry.indexOf(Buffer.from([1, 2, 3, ...varint(from)])) + 3;
    const entries = Buffer.alloc((until - from) * entry.length, entry);
    for (let reference = from; reference < until; reference++) {
      entries.set(varint(reference), (reference - from) * entry.length + at);
    }
    yield entries;
    from = until;
  }
}
