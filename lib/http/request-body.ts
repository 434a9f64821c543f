import { gunzipSync } from "node:zlib";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { MalformedBody } from "../formats/decoded.ts";
import { Problem } from "./stack/problem.ts";

// Lambda takes 6 MB per invocation, and a binary body grows by a third in base64.
export const bodyBytesMax = 4 * 1024 * 1024;
export const inflatedBytesMax = 32 * 1024 * 1024;

/** Of the body as it was on the wire. */
export const countBytes = ({ body = "", isBase64Encoded }: APIGatewayProxyEventV2): number =>
  Buffer.byteLength(body, isBase64Encoded ? "base64" : "utf8");

/** The body as it was on the wire; throws `MalformedBody` where it is too large. */
export function readBody(
  { body = "", isBase64Encoded }: APIGatewayProxyEventV2,
  bytesMax = bodyBytesMax,
): Buffer {
  const bytes = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  if (bytes.length <= bytesMax) return bytes;
  throw new MalformedBody(
    "body-too-large",
    `The body has ${bytes.length} bytes; send at most ${bytesMax} in one request.`,
  );
}

/** The media type in lower case and its parameters, unquoted; `""` where the request names none. */
export function readMediaType(header: string | undefined) {
  const [type = "", ...rest] = (header ?? "").split(";").map((part) => part.trim());
  const parameters = new Map(
    rest.map((part) => {
      const [name = "", value = ""] = part.split("=");
      return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, "$1")];
    }),
  );
  return { type: type.toLowerCase(), parameters };
}

export const readEncoding = (header: string | undefined): string =>
  header?.trim().toLowerCase() || "identity";

/** Undoes `Content-Encoding` gzip or none, and stops inflating at the limit. */
export function inflateText(bytes: Buffer, encoding: string): Buffer {
  if (encoding === "identity") return bytes;
  // RFC 9110: the same under its older name.
  if (encoding !== "gzip" && encoding !== "x-gzip")
    throw unsupportedEncoding(encoding, "gzip or none");
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

export function unsupportedEncoding(encoding: string, supported: string): Problem {
  const detail = `Content-Encoding ${JSON.stringify(encoding.slice(0, 100))} is not taken with this content type: send ${supported}.`;
  const code = "encoding-unsupported";
  return new Problem(415, code, detail, {
    extra: { errors: [{ at: "Content-Encoding", code, detail }] },
  });
}
