import { MalformedBody } from "../decoded.ts";

// Fatal: a replacement character would rewrite a name. A byte order mark before the text, which some editors
// and shells put there, is left out; RFC 8259 lets a receiver do so, and no format gives it a meaning.
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The body as text, when it is UTF-8 throughout. */
export function decodeText(body: Uint8Array): string {
  try {
    return utf8.decode(body);
  } catch (cause) {
    throw new MalformedBody("text-invalid", "encode the body as UTF-8", { cause });
  }
}
