import type { WrittenCounts } from "../formats/decoded.ts";

/** What remote write 2.0 asks of every answer to a request that could be decoded or was refused. */
export const writtenHeaders = (written: WrittenCounts): Readonly<Record<string, string>> => ({
  "x-prometheus-remote-write-samples-written": String(written.samples),
  "x-prometheus-remote-write-histograms-written": String(written.histograms),
  "x-prometheus-remote-write-exemplars-written": String(written.exemplars),
});
