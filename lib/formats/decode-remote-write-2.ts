import type { InflateLimits } from "./decode-remote-write-1.ts";
import type { DecodeContext, DecodedRemoteWrite } from "./decoded.ts";

/** Remote write 2.0, `io.prometheus.write.v2.Request` in Snappy block format → measurements. */
export function decodeRemoteWrite2(
  _compressed: Uint8Array,
  _context: DecodeContext,
  _limits: InflateLimits,
): DecodedRemoteWrite {
  throw new Error("not built yet");
}
