import type { DecodeContext, DecodedRemoteWrite } from "./decoded.ts";

export interface InflateLimits {
  /** A body that declares more than this is refused before a byte of it is inflated. */
  readonly uncompressedBytesMax: number;
}

/** Remote write 1.0, `prometheus.WriteRequest` in Snappy block format → measurements. */
export function decodeRemoteWrite1(
  _compressed: Uint8Array,
  _context: DecodeContext,
  _limits: InflateLimits,
): DecodedRemoteWrite {
  throw new Error("not built yet");
}
