import type { APIGatewayProxyEventV2 } from "aws-lambda";
import * as z from "zod/mini";
import { hourMs } from "../../billing/time.ts";
import type { ApiKey } from "./api-keys.ts";
import { type SigningKey, signToken, verifyToken } from "./signed-token.ts";
import { wantsPage } from "./wants-page.ts";

/** The prefix lets no other host and no plain HTTP set it. */
const cookieName = "__Host-credits";
const sessionMs = 8 * hourMs;

const Content = z.object({ k: z.string(), h: z.string(), e: z.int() });

/** Some digits of a key's hash: a session ends with its key, also where another one gets its id. */
const markOf = ({ sha256 }: ApiKey): string => sha256.toString("hex").slice(0, 16);

/** The header that begins a session of a key's holder in a browser, until it is closed or eight hours are over. */
export function sessionCookie(signing: SigningKey, key: ApiKey, nowMs: number): string {
  const e = Math.floor((nowMs + sessionMs) / 1_000);
  const token = signToken(signing, "session", { k: key.id, h: markOf(key), e });
  return `${cookieName}=${token}; Path=/; Secure; HttpOnly; SameSite=Strict`;
}

/**
 * The key whose holder a browser shows pages to; undefined: none. A session opens pages and what they link
 * to, nothing that a program asks for and nothing that changes anything.
 */
export function keyOfSession(
  event: APIGatewayProxyEventV2,
  signing: readonly SigningKey[],
  keys: readonly ApiKey[],
  nowMs: number,
): ApiKey | undefined {
  if (event.requestContext.http.method !== "GET" || !wantsPage(event)) return undefined;
  const cookie = event.cookies?.find((one) => one.startsWith(`${cookieName}=`));
  if (cookie === undefined) return undefined;
  const verified = verifyToken(signing, "session", cookie.slice(cookieName.length + 1));
  const content = Content.safeParse(verified?.content);
  if (!content.success || content.data.e * 1_000 <= nowMs) return undefined;
  const { k, h } = content.data;
  return keys.find((key) => key.id === k && markOf(key) === h);
}
