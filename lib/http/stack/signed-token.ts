import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import * as z from "zod/mini";
import { named, parseBy, parseJson, type ReadVariable, text } from "../../config.ts";

/** A secret that signs tokens; the first one signs, all of them verify. */
export interface SigningKey {
  /** Names the key in the token, so that keys can be changed while tokens live. */
  readonly id: string;
  readonly secret: string;
}

/** What a token is for: none that was made for one purpose serves another. */
export type TokenPurpose = "link" | "session";

const version = "v1";
const lengthMax = 600;

const anEntry = '{"id","secret"}';
const idRule = { error: "must be 1 to 32 letters, digits, _ or -" };
const secretRule = { error: "must be 32 to 256 characters" };
const SigningKeyList = z.array(
  z.strictObject(
    {
      id: z.string(idRule).check(z.regex(/^[\w-]{1,32}$/, idRule)),
      secret: z.string(secretRule).check(z.minLength(32, secretRule), z.maxLength(256, secretRule)),
    },
    { error: `must be ${anEntry} and nothing else` },
  ),
  { error: `must be a JSON array of ${anEntry}` },
);

/** `LINK_KEYS`, a JSON array of `{"id","secret"}`; without it there are no links. Throws every fault at once. */
export const readLinkKeys = (read: ReadVariable): readonly SigningKey[] =>
  named("LINK_KEYS", () => {
    const keys = parseBy(SigningKeyList, parseJson(text(read, "LINK_KEYS") ?? "[]"));
    if (new Set(keys.map(({ id }) => id)).size < keys.length) {
      throw new Error("two keys have the same id");
    }
    return keys;
  });

/** A text for an address or a cookie that shows its content to everybody, and that nobody else can make. */
export function signToken(key: SigningKey, purpose: TokenPurpose, content: unknown): string {
  const payload = Buffer.from(JSON.stringify(content)).toString("base64url");
  const signed = `${version}.${key.id}.${payload}`;
  return `${signed}.${macOf(key, purpose, signed).toString("base64url")}`;
}

/** The content of a token that one of the keys has signed for this purpose; undefined: none has. */
export function verifyToken(
  keys: readonly SigningKey[],
  purpose: TokenPurpose,
  token: string,
): { readonly keyId: string; readonly content: unknown } | undefined {
  if (token.length > lengthMax) return undefined;
  const [, signed = "", id, payload = "", mac = ""] =
    /^(v1\.([\w-]{1,32})\.([\w-]+))\.([\w-]{43})$/.exec(token) ?? [];
  const key = keys.find((one) => one.id === id);
  if (key === undefined) return undefined;
  // The bytes are compared as they were sent: decoding would let several texts pass for one.
  const expected = Buffer.from(macOf(key, purpose, signed).toString("base64url"));
  if (!timingSafeEqual(expected, Buffer.from(mac))) return undefined;
  return { keyId: key.id, content: parseJson(Buffer.from(payload, "base64url").toString()) };
}

const macOf = ({ secret }: SigningKey, purpose: TokenPurpose, signed: string): Buffer => {
  const info = `openstack-credits ${purpose} v1`;
  const key = Buffer.from(hkdfSync("sha256", secret, "", info, 32));
  return createHmac("sha256", key).update(signed).digest();
};
