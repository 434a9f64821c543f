/** One field of wire type 2, its content given in pieces. */
export function field(number: number, ...content: (string | Iterable<number>)[]): Uint8Array {
  const pieces = content.map((piece) =>
    typeof piece === "string" ? Buffer.from(piece) : Buffer.from([...piece]),
  );
  const bytes = Buffer.concat(pieces);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes].map(Buffer.from));
}

export function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

export function float64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}
