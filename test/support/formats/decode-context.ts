import type { Measurement } from "../../../lib/billing/measurement.ts";
import { dayMs } from "../../../lib/billing/time.ts";
import type { DecodeContext } from "../../../lib/formats/decoded.ts";

/** Noon of the day on which the recordings were made; both limits are the configuration's defaults. */
export const nowMs = Date.UTC(2026, 10, 23, 12);

export const context: DecodeContext = {
  isBilled: (metric) => metric === "project_vcpu_usage" || metric === "project_mb_usage",
  untimedMs: nowMs,
  oldestMs: nowMs - 30 * dayMs,
  newestMs: nowMs + 600_000,
};

export const inflatedBytesMax = 16_000_000;

/** One measurement at noon, changed where a test is about something else. */
export const measurement = (changed: Partial<Measurement> = {}): Measurement => ({
  projectName: "credits",
  metric: "project_vcpu_usage",
  site: "",
  resource: "",
  timeMs: nowMs,
  value: "12.5",
  ...changed,
});

export const encodeUtf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
