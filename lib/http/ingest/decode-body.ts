import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { type DecodeContext, MalformedBody } from "../../formats/decoded.ts";
import { bodyLimits } from "../stack/body-limits.ts";
import { readEncoding, unsupportedEncoding } from "../stack/content-headers.ts";
import { bodyProblem } from "../stack/problem-answers.ts";
import { readBody } from "../stack/request-body.ts";
import type { DecodedBody, FormatRules } from "./body-formats.ts";
import { writtenHeaders } from "./written-headers.ts";

/** Throws a 415 problem where the format does not take the encoding, and `MalformedBody` or its problem. */
export function decodeBody(
  event: APIGatewayProxyEventV2,
  { encodings, decode, tellsWritten }: FormatRules,
  context: DecodeContext,
): DecodedBody {
  const encoding = readEncoding(event.headers["content-encoding"], encodings.unnamed);
  const inflate = encodings.inflate.get(encoding);
  if (inflate === undefined) throw unsupportedEncoding(encoding, encodings.supported);
  try {
    const body = inflate(readBody(event, bodyLimits.bytesMax));
    return decode(body, context, event.queryStringParameters ?? {});
  } catch (error) {
    if (!tellsWritten || !(error instanceof MalformedBody)) throw error;
    throw bodyProblem(error, writtenHeaders({ samples: 0, histograms: 0, exemplars: 0 }));
  }
}
