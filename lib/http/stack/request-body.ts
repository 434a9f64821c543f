import { gunzipSync } from "node:zlib";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { MalformedBody } from "../../formats/decoded.ts";
import { bodyLimits } from "./body-limits.ts";

/** The number of bytes as they were sent. */
export const countBytes = ({ body = "", isBase64Encoded }: APIGatewayProxyEventV2): number =>
  Buffer.byteLength(body, isBase64Encoded ? "base64" : "utf8");

/** The bytes as they were sent; throws `MalformedBody` where there are too many. */
export function readBody(
  { body = "", isBase64Encoded }: APIGatewayProxyEventV2,
  bytesMax: number,
): Buffer {
  const bytes = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  if (bytes.length <= bytesMax) return bytes;
  throw new MalformedBody(
    "body-too-large",
    `The body has ${bytes.length} bytes; send at most ${bytesMax} in one request.`,
  );
}

/** Undoes gzip, and stops at the limit; throws `MalformedBody`. */
export function gunzip(bytes: Buffer): Buffer {
  const { inflatedBytesMax } = bodyLimits;
  try {
    return gunzipSync(bytes, { maxOutputLength: inflatedBytesMax });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
      throw new MalformedBody(
        "body-too-large",
        `The body inflates to more than ${inflatedBytesMax} bytes; send it in parts.`,
        { cause },
      );
    }
    throw new MalformedBody("compression-invalid", "The body is not valid gzip.", { cause });
  }
}
