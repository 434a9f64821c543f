import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { parseWithSource } from "../formats/parse-with-source.ts";
import { decodeText } from "../formats/text/decode-text.ts";
import { readBody, readEncoding, unsupportedEncoding } from "./request-body.ts";
import { refusal } from "./stack/problem.ts";

// What people and portals ask for is short, and digits are kept by a slow parser.
const bytesMax = 64 * 1024;

/**
 * The body as JSON, where the numbers of some fields are the text that the sender wrote: `JSON.parse`
 * reads a number as a float64, which has 15 to 17 digits. Throws a 400 or 415 problem, and `MalformedBody`.
 */
export function readJson(
  event: APIGatewayProxyEventV2,
  isAmount: (field: string) => boolean,
): unknown {
  const encoding = readEncoding(event.headers["content-encoding"]);
  if (encoding !== "identity") throw unsupportedEncoding(encoding, "none");
  // Some editors and shells put a byte order mark in front; RFC 8259 lets a receiver skip it.
  const text = decodeText(readBody(event, bytesMax)).replace(/^\uFEFF/, "");
  try {
    return parseWithSource(text, (field, value, { source }) =>
      typeof value === "number" && isAmount(field) ? source : value,
    );
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw refusal(400, "json-invalid", "body", "Invalid JSON", cause);
  }
}
