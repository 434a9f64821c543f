import type { WrittenCounts } from "../../formats/decoded.ts";

/** Remote write 2.0, and only it, wants them in every answer to a request that was decoded, or refused as a whole. */
export const writtenHeaders = (written: WrittenCounts): Readonly<Record<string, string>> => ({
  "x-prometheus-remote-write-samples-written": String(written.samples),
  "x-prometheus-remote-write-histograms-written": String(written.histograms),
  "x-prometheus-remote-write-exemplars-written": String(written.exemplars),
});
