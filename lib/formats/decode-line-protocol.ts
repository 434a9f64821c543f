import type { DecodeContext, Decoded } from "./decoded.ts";

/** InfluxDB line protocol → measurements. */
export function decodeLineProtocol(_body: Uint8Array, _context: DecodeContext): Decoded {
  throw new Error("not built yet");
}
