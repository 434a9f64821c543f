import { decodeExposition } from "../../../../lib/formats/text/decode-exposition.ts";
import type { ExpositionDialect } from "../../../../lib/formats/text/exposition-line.ts";
import { context, encodeUtf8 } from "../../../support/formats/decode-context.ts";

export const decode = (text: string, dialect: ExpositionDialect = "prometheus") =>
  decodeExposition(encodeUtf8(text), context, dialect);

export const decodeOpenMetrics = (text: string) => decode(`${text}# EOF\n`, "openmetrics");

/** One line of the billed metric, as both dialects have it. */
export const line = (labels: string, rest = "12.5") => `project_vcpu_usage{${labels}} ${rest}\n`;
export const credits = 'project_name="credits"';
