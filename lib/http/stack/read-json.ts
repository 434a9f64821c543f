import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { parseWithSource } from "../../formats/parse-with-source.ts";
import { decodeText } from "../../formats/text/decode-text.ts";
import { bodyLimits } from "./body-limits.ts";
import { readEncoding, unsupportedEncoding } from "./content-headers.ts";
import { problem } from "./problem.ts";
import { readBody } from "./request-body.ts";

/**
 * The body as JSON, where the numbers of some fields are the text that the sender wrote: `JSON.parse`
 * reads a number as a float64, which has 15 to 17 digits. Throws a 400 or 415 problem, and `MalformedBody`.
 */
export function readJson(
  event: APIGatewayProxyEventV2,
  isAmount: (field: string) => boolean,
): unknown {
  const encoding = readEncoding(event.headers["content-encoding"], "identity");
  if (encoding !== "identity") throw unsupportedEncoding(encoding, "none");
  const text = decodeText(readBody(event, bodyLimits.shortBytesMax));
  try {
    return parseWithSource(text, (field, value, { source }) =>
      typeof value === "number" && isAmount(field) ? source : value,
    );
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw problem("json-invalid", "body", "Invalid JSON", { cause });
  }
}
