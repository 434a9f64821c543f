/**
 * Why a body or a part of it was refused: code → what the code means. A code is API: senders see it in
 * `problem+json`, and a test compares this list with README.md. The detail of a fault says what to change.
 */
export const refusals = {
  "body-too-large":
    "The body is larger, or declares to inflate to more, than one request may carry.",
  "samples-too-many": "The body holds more samples of billed metrics than one request may carry.",
  "series-too-many": "The body holds more billed series than one request may carry.",
  "symbols-too-many": "A remote write 2.0 request holds more symbols than one request may carry.",
  "compression-invalid": "The body is not valid Snappy in block format, or not valid gzip.",
  "protobuf-invalid": "The body is not a valid protobuf message of the declared type.",
  "json-invalid": "The body is not JSON.",
  "text-invalid": "The body is not UTF-8.",
  "end-missing":
    "The page does not end as its format has it (a line feed, `# EOF`): it may be cut off.",
  "field-invalid": "A field of the JSON body is missing, unknown or of the wrong type.",
  "line-invalid": "A line does not follow the grammar of its format.",
  "labels-invalid":
    "A label of a series is repeated, has an empty name, or the series has no name.",
  "labels-too-many": "A billed series has more labels than one may have.",
  "label-too-long": "The name or the value of a label of a billed series is longer than it may be.",
  "symbol-invalid": "A remote write 2.0 request refers to a symbol that it does not hold.",
  "histogram-billed": "A histogram came for a billed metric, which takes plain numbers only.",
  "histogram-invalid": "The count of a histogram is not that of its buckets.",
  "metric-unbilled": "The metric has no price here.",
  "metric-invalid": "The name of the metric cannot be stored.",
  "project-missing": "A billed metric came without `project_name`.",
  "project-invalid": "The name of the project cannot be stored, or no path could address it.",
  "site-invalid": "The site (`location_id`, else `location`) cannot be stored.",
  "resource-invalid": "The resource (`project_id`) cannot be stored.",
  "value-invalid": "The value is missing or not a number.",
  "value-negative": "The value is negative.",
  "value-infinite": "The value is infinite.",
  "value-too-large": "The value is 1e15 or more.",
  "value-too-precise": "The value has more than 30 decimals.",
  "time-invalid": "The time is not a point in time of the format.",
  "time-too-old": "The time is older than what is still billed.",
  "time-too-new": "The time lies too far in the future.",
} as const;

export type RefusalCode = keyof typeof refusals;

/** Why one part is not accepted. It is data, not an exception: all faults of a body are reported at once. */
export interface Refusal {
  readonly code: RefusalCode;
  /** Says what to change. */
  readonly detail: string;
}
