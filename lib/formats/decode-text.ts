import { MalformedBody } from "./decoded.ts";

// Fatal: a replacement character would rewrite a name. A byte order mark stays: the text formats forbid it.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The body as text, when it is UTF-8 throughout. */
export function decodeText(body: Uint8Array): string {
  try {
    return utf8.decode(body);
  } catch (cause) {
    throw new MalformedBody("text-invalid", "encode the body as UTF-8", { cause });
  }
}
