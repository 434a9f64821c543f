import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { decodeJson } from "../formats/decode-json.ts";
import {
  type DecodeContext,
  type Decoded,
  MalformedBody,
  type WrittenCounts,
} from "../formats/decoded.ts";
import type { UnixUnit } from "../formats/read-time.ts";
import { decodeRemoteWrite1 } from "../formats/remote-write/decode-remote-write-1.ts";
import { decodeRemoteWrite2 } from "../formats/remote-write/decode-remote-write-2.ts";
import { decodeExposition } from "../formats/text/decode-exposition.ts";
import { decodeLineProtocol } from "../formats/text/decode-line-protocol.ts";
import type { BodyFormat } from "./body-format.ts";
import {
  inflatedBytesMax,
  inflateText,
  readBody,
  readEncoding,
  unsupportedEncoding,
} from "./request-body.ts";
import { Problem, parameterProblem, toProblem } from "./stack/problem.ts";
import { writtenHeaders } from "./written-headers.ts";

/** What the sender of a format expects of the answer. */
export interface DecodedRequest {
  readonly decoded: Decoded;
  /** Nothing is taken where anything is at fault; else what is valid is taken. */
  readonly isAllOrNothing: boolean;
  /** 202 tells the counts, 204 nothing: the senders of some formats take only 204 for success. */
  readonly successStatus: 202 | 204;
  /** For the `X-Prometheus-Remote-Write-*-Written` headers. */
  readonly written?: WrittenCounts;
}

/**
 * Decodes by format and content encoding (the table in README.md). Throws a 415 problem where the format
 * does not take the encoding, and `MalformedBody`.
 */
export function decodeRequest(
  event: APIGatewayProxyEventV2,
  format: BodyFormat,
  context: DecodeContext,
): DecodedRequest {
  const encoding = readEncoding(event.headers["content-encoding"]);
  const text = () => inflateText(readBody(event), encoding);
  switch (format) {
    case "remote-write-1":
      return decodeRemoteWrite(event, encoding, context, decodeRemoteWrite1);
    case "remote-write-2":
      return decodeRemoteWrite(event, encoding, context, decodeRemoteWrite2);
    case "json":
      return { decoded: decodeJson(text(), context), isAllOrNothing: true, successStatus: 202 };
    case "line-protocol": {
      const unit = readPrecision(event.queryStringParameters?.["precision"]);
      const decoded = decodeLineProtocol(text(), context, unit);
      return { decoded, isAllOrNothing: false, successStatus: 204 };
    }
    default: {
      const dialect = format === "openmetrics" ? "openmetrics" : "prometheus";
      const decoded = decodeExposition(text(), context, dialect);
      return { decoded, isAllOrNothing: false, successStatus: 202 };
    }
  }
}

/** As InfluxDB names the units of its timestamps: the first version with one letter, the second with two. */
const precisions: ReadonlyMap<string, UnixUnit> = new Map([
  ["n", "ns"],
  ["ns", "ns"],
  ["u", "us"],
  ["us", "us"],
  ["ms", "ms"],
  ["s", "s"],
]);

function readPrecision(text: string | undefined): UnixUnit {
  const unit = precisions.get(text || "ns");
  if (unit !== undefined) return unit;
  throw parameterProblem("precision", "precision must be ns, us, ms or s: the timestamps' unit");
}

function decodeRemoteWrite(
  event: APIGatewayProxyEventV2,
  encoding: string,
  context: DecodeContext,
  decode: typeof decodeRemoteWrite1,
): DecodedRequest {
  if (encoding !== "snappy") throw unsupportedEncoding(encoding, "snappy");
  const decoded = sayNothingWritten(() => decode(readBody(event), context, inflatedBytesMax));
  return { decoded, isAllOrNothing: false, successStatus: 204, written: decoded.written };
}

/** A body that cannot be taken apart is refused with the counts that every answer of the protocol has. */
function sayNothingWritten<Result>(decode: () => Result): Result {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof MalformedBody)) throw error;
    const { status, code, message, extra } = toProblem(error);
    const headers = writtenHeaders({ samples: 0, histograms: 0, exemplars: 0 });
    throw new Problem(status, code, message, { cause: error, extra, headers });
  }
}
