import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { decodeJson } from "../../formats/decode-json.ts";
import type { DecodeContext, Decoded, WrittenCounts } from "../../formats/decoded.ts";
import type { UnixUnit } from "../../formats/read-time.ts";
import { decodeRemoteWrite1 } from "../../formats/remote-write/decode-remote-write-1.ts";
import { decodeRemoteWrite2 } from "../../formats/remote-write/decode-remote-write-2.ts";
import { decodeExposition } from "../../formats/text/decode-exposition.ts";
import { decodeLineProtocol } from "../../formats/text/decode-line-protocol.ts";
import { bodyLimits } from "../stack/body-limits.ts";
import { parameterProblem } from "../stack/problem.ts";
import { gunzip } from "../stack/request-body.ts";

export type BodyFormat =
  | "json"
  | "line-protocol"
  | "openmetrics"
  | "prometheus-text"
  | "remote-write-1"
  | "remote-write-2";

export interface DecodedBody extends Decoded {
  /** Of remote write only. */
  readonly written?: WrittenCounts;
}

/** How the bodies of a format are read, and what their senders expect of the answer. */
export interface FormatRules {
  readonly encodings: Encodings;
  readonly decode: (body: Buffer, context: DecodeContext, query: Query) => DecodedBody;
  /** Nothing is taken where anything is at fault; otherwise what is valid is taken. */
  readonly isAllOrNothing: boolean;
  /** 202 tells the counts, 204 nothing: the senders of some formats take only 204 for success. */
  readonly successStatus: 202 | 204;
  /** Every answer says in headers how much was written: remote write 2.0 asks for it, 1.0 knows no such headers. */
  readonly tellsWritten?: true;
}

type Query = NonNullable<APIGatewayProxyEventV2["queryStringParameters"]>;

/** The content encodings that a format takes, each with the function that undoes it. */
interface Encodings {
  /** For the message to a sender that used another. */
  readonly supported: string;
  /** The encoding of a body whose request names none. */
  readonly unnamed: "identity" | "snappy";
  readonly inflate: ReadonlyMap<string, (bytes: Buffer) => Buffer>;
}

const asSent = (bytes: Buffer) => bytes;
// x-gzip is gzip's older name (RFC 9110).
const text: Encodings = {
  supported: "gzip or none",
  unnamed: "identity",
  inflate: new Map([
    ["identity", asSent],
    ["gzip", gunzip],
    ["x-gzip", gunzip],
  ]),
};
// The decoders of remote write undo it themselves. Its bodies are always compressed by Snappy, so one whose
// request does not say so can be nothing else.
const snappy: Encodings = {
  supported: "snappy",
  unnamed: "snappy",
  inflate: new Map([["snappy", asSent]]),
};

/** The table in README.md. */
export const bodyFormats: Readonly<Record<BodyFormat, FormatRules>> = {
  "remote-write-1": {
    encodings: snappy,
    decode: (body, context) => decodeRemoteWrite1(body, context, bodyLimits.inflatedBytesMax),
    isAllOrNothing: false,
    successStatus: 204,
  },
  "remote-write-2": {
    encodings: snappy,
    decode: (body, context) => decodeRemoteWrite2(body, context, bodyLimits.inflatedBytesMax),
    isAllOrNothing: false,
    successStatus: 204,
    tellsWritten: true,
  },
  "prometheus-text": {
    encodings: text,
    decode: (body, context) => decodeExposition(body, context, "prometheus"),
    isAllOrNothing: false,
    successStatus: 202,
  },
  openmetrics: {
    encodings: text,
    decode: (body, context) => decodeExposition(body, context, "openmetrics"),
    isAllOrNothing: false,
    successStatus: 202,
  },
  "line-protocol": {
    encodings: text,
    decode: (body, context, query) =>
      decodeLineProtocol(body, context, readPrecision(query["precision"])),
    isAllOrNothing: false,
    successStatus: 204,
  },
  json: { encodings: text, decode: decodeJson, isAllOrNothing: true, successStatus: 202 },
};

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
