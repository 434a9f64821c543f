/** A mail with everything decoded. */
export interface ReadMail {
  /** Lower-case name → the decoded values, one for each header of the name. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Content type without parameters → the decoded body. */
  readonly parts: Readonly<Record<string, string>>;
}

/**
 * Reads a mail as mail programs do: folding, encoded words, multipart, transfer encodings. The package
 * postal-mime appends a line break to texts of some encodings, so that no test could compare a text exactly.
 */
export function readMail(message: Buffer): ReadMail {
  const { headers, body } = readEntity(message.toString("latin1"));
  return { headers, parts: readParts(headers, body) };
}

type Headers = Record<string, string[]>;

function readEntity(entity: string): { headers: Headers; body: string } {
  const end = entity.indexOf("\r\n\r\n");
  const headers: Headers = {};
  for (const line of entity
    .slice(0, end)
    .replace(/\r\n(?=[ \t])/g, "")
    .split("\r\n")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    headers[name] = [...(headers[name] ?? []), decodeWords(line.slice(colon + 1).trim())];
  }
  return { headers, body: entity.slice(end + 4) };
}

function readParts(headers: Headers, body: string): Record<string, string> {
  const type = headers["content-type"]?.[0] ?? "text/plain";
  const boundary = /^multipart\/.*boundary="?([^";]+)/i.exec(type)?.[1];
  if (boundary === undefined) {
    const bytes = decodeBody(headers["content-transfer-encoding"]?.[0] ?? "7bit", body);
    return { [type.split(";")[0] ?? ""]: bytes.toString("utf8").replaceAll("\r\n", "\n") };
  }
  const entities = `\r\n${body}`.split(`\r\n--${boundary}`).slice(1, -1);
  const parts = entities.map((text) => readEntity(text.slice(2)));
  return Object.assign({}, ...parts.map((part) => readParts(part.headers, part.body)));
}

function decodeBody(encoding: string, body: string): Buffer {
  if (encoding === "base64") return Buffer.from(body, "base64");
  if (encoding === "quoted-printable") return fromHex(body.replace(/=\r\n/g, ""), /=([\dA-F]{2})/g);
  return Buffer.from(body, "latin1");
}

const fromHex = (text: string, escapes: RegExp) =>
  Buffer.from(
    text.replace(escapes, (_all, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  );

/** Decodes the encoded words of RFC 2047; white space between two of them does not count. */
function decodeWords(text: string): string {
  return text
    .replace(/(\?=)\s+(?==\?)/g, "$1")
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_all, encoding: string, word: string) =>
      (encoding.toLowerCase() === "b"
        ? Buffer.from(word, "base64")
        : fromHex(word.replaceAll("_", " "), /=([\dA-F]{2})/g)
      ).toString("latin1"),
    )
    .replace(/[\x80-\xff]+/g, (bytes) => Buffer.from(bytes, "latin1").toString("utf8"));
}
