import type { DecodeContext, Decoded } from "./decoded.ts";

/** `{"measurements":[{"project_name","metric","value","time","site"?,"resource"?}]}` → measurements. */
export function decodeJson(_body: Uint8Array, _context: DecodeContext): Decoded {
  throw new Error("not built yet");
}
