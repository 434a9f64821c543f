import * as z from "zod/mini";
import { Item } from "../../formats/decode-json.ts";
import { about } from "./shapes.ts";

const bytes = about(z.string(), { format: "binary" });

/** What `POST /measurements` and `/write` take. */
export const ingestBodies = {
  "application/json": about(z.strictObject({ measurements: z.array(Item) }), {
    id: "Measurements",
    description: "All or nothing. `value` is a number or a decimal in quotes.",
  }),
  "application/x-protobuf": about(
    bytes,
    "Prometheus remote write 1.0 or 2.0, Snappy in block format.",
  ),
  "text/plain": about(z.string(), "Text exposition of Prometheus, or line protocol by `/write`."),
  "application/openmetrics-text": about(z.string(), "OpenMetrics."),
};
