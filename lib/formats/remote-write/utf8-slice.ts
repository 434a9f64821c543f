const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of some bytes; undefined where they are not UTF-8, since a replacement would rewrite a name. */
export function sliceUtf8(bytes: Buffer, start: number, end: number): string | undefined {
  for (let index = start; index < end; index += 1) {
    if ((bytes[index] ?? 0) >= 0x80) return decode(bytes.subarray(start, end));
  }
  // Measured: for short ASCII texts, which names are, four times as fast as the decoder.
  return bytes.toString("latin1", start, end);
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
