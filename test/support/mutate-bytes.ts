import fc from "fast-check";

/** Bytes at which parsers turn: separators, quotes, signs, and the edges of varints and of UTF-8. */
const tellingBytes = [
  ...Buffer.from("\0\t\n\r \"#'+,-./0159:=NEe[\\]_{}i"),
  ...[0x08, 0x7f, 0x80, 0xbf, 0xc3, 0xed, 0xf0, 0xff],
];

interface Mutation {
  readonly kind: "flip" | "set" | "insert" | "delete" | "repeat" | "move" | "truncate" | "splice";
  /** Where, as a part of the length: stays sensible while the body changes and while fast-check shrinks. */
  readonly from: number;
  readonly to: number;
  readonly length: number;
  readonly byte: number;
}

/** Not `fc.double`: its numbers between 0 and 1 are nearly all next to 0, and so would be all mutations. */
const place = fc.integer({ min: 0, max: 9_999 }).map((part) => part / 10_000);

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom("flip", "set", "insert", "delete", "repeat", "move", "truncate", "splice"),
  from: place,
  to: place,
  length: fc.integer({ min: 1, max: 40 }),
  byte: fc.oneof(fc.constantFrom(...tellingBytes), fc.integer({ min: 0, max: 255 })),
});

/** One of the bodies, changed in up to six places; now and then bytes that were never a body. */
export const mutatedBytes = (bodies: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
    {
      weight: 19,
      arbitrary: fc
        .tuple(
          fc.constantFrom(...bodies),
          fc.constantFrom(...bodies),
          fc.array(mutation, { minLength: 1, maxLength: 6 }),
        )
        .map(([body, other, mutations]) =>
          printed(mutations.reduce<Uint8Array>((bytes, one) => mutate(bytes, one, other), body)),
        ),
    },
  );

/** In a failure's report: a list of five thousand numbers helps nobody. */
const printed = (bytes: Uint8Array): Uint8Array =>
  Object.defineProperty(Uint8Array.from(bytes), fc.toStringMethod, {
    value: () => `Buffer.from("${Buffer.from(bytes).toString("base64")}", "base64")`,
  });

function mutate(bytes: Uint8Array, mutation: Mutation, other: Uint8Array): Uint8Array {
  const { kind, length, byte } = mutation;
  const from = Math.floor(mutation.from * bytes.length);
  const to = Math.floor(mutation.to * bytes.length);
  const head = bytes.subarray(0, from);
  const piece = bytes.subarray(from, from + length);
  const rest = bytes.subarray(from + length);
  switch (kind) {
    case "flip":
      return replaceByte(bytes, from, (bytes[from] ?? 0) ^ (1 << (byte & 7)));
    case "set":
      return replaceByte(bytes, from, byte);
    case "insert":
      return Buffer.concat([head, Buffer.alloc(1 + (length & 3), byte), bytes.subarray(from)]);
    case "delete":
      return Buffer.concat([head, rest]);
    case "repeat":
      return Buffer.concat([head, piece, piece, rest]);
    case "move":
      return Buffer.concat([bytes.subarray(0, to), piece, bytes.subarray(to)]);
    case "truncate":
      return head;
    case "splice":
      return Buffer.concat([head, other.subarray(Math.floor(mutation.to * other.length))]);
  }
}

function replaceByte(bytes: Uint8Array, at: number, byte: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[at] = byte;
  return changed;
}
