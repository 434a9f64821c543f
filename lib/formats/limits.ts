import type { Refusal } from "./refusals.ts";

/**
 * How much one request may hold, whatever its format. The caller limits the bytes of a body, before and after
 * inflating; these limits keep a body within memory whose few bytes stand for much.
 * Prometheus sends 2,000 to 10,000 samples per request; a page of 100,000 lines, all of them billed, passes.
 */
export const requestLimits = {
  /** Of billed metrics. Samples without a price are counted and forgotten, so the bytes of the body limit them. */
  samplesMax: 200_000,
  /** Different series of billed metrics. One exporter has two for each of its projects. */
  seriesMax: 100_000,
  /** Of one series. Exporters send 8; Mimir and Grafana Cloud take 30 to 40. */
  labelsMax: 64,
  /** Of any label of a billed series, in UTF-8; Mimir takes 1,024 and 2,048. Names that are stored: 256 characters. */
  labelNameBytesMax: 1_024,
  labelValueBytesMax: 4_096,
  /** Of a remote write 2.0 request: an empty one takes two bytes there and sixteen here. */
  symbolsMax: 500_000,
} as const;

/** For a message: 200000 → `200,000`. */
export const formatLimit = (limit: number): string => limit.toLocaleString("en");

export const labelsTooMany: Refusal = {
  code: "labels-too-many",
  detail: `send at most ${requestLimits.labelsMax} labels with a series`,
};

export const nameTooLong: Refusal = {
  code: "label-too-long",
  detail: `shorten the name of the label to ${formatLimit(requestLimits.labelNameBytesMax)} bytes`,
};

export const valueTooLong: Refusal = {
  code: "label-too-long",
  detail: `shorten the value of the label to ${formatLimit(requestLimits.labelValueBytesMax)} bytes`,
};
