import type { DecodeContext, Decoded } from "./decoded.ts";

export type ExpositionDialect = "prometheus" | "openmetrics";

/** Prometheus text exposition 0.0.4 or OpenMetrics 1.0 → measurements. */
export function decodeExposition(
  _body: Uint8Array,
  _context: DecodeContext,
  _dialect: ExpositionDialect,
): Decoded {
  throw new Error("not built yet");
}
