import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { HttpAnswer } from "./stack/answer.ts";
import { findApiKey, includesScope, type KeySource } from "./stack/api-keys.ts";
import { bodyLimits } from "./stack/body-limits.ts";
import { Problem, problem } from "./stack/problem.ts";
import { readBody } from "./stack/request-body.ts";
import { sessionCookie } from "./stack/sessions.ts";
import type { SigningKey } from "./stack/signed-token.ts";

/** `POST /session`: a key, as a form sends it, opens the pages in this browser and goes on to one of them. */
export async function openSession(
  event: APIGatewayProxyEventV2,
  keys: KeySource,
  [signing]: readonly SigningKey[],
  nowMs: number,
): Promise<HttpAnswer> {
  if (signing === undefined) throw new Problem("links-off", "Set LINK_KEYS to log in with a key.");
  const body = Buffer.from(readBody(event, bodyLimits.shortBytesMax)).toString();
  const form = new URLSearchParams(body);
  const presented = form.get("key")?.trim() ?? "";
  const key =
    findApiKey(await keys.apiKeys(), presented) ??
    findApiKey(await keys.apiKeys({ again: true }), presented);
  if (key === undefined) throw problem("key-unknown", "key", "This key is not known here.");
  if (!includesScope(key.scope, "read")) {
    throw problem("scope-insufficient", "key", `The scope of ${key.id} is ${key.scope}, not read.`);
  }
  return {
    statusCode: 303,
    headers: {
      location: ownPath(form.get("to")),
      "set-cookie": sessionCookie(signing, key, nowMs),
      "cache-control": "no-store",
    },
    body: "",
  };
}

/** A path of this service: nobody is sent to another host. */
const ownPath = (to: string | null): string =>
  to !== null && /^\/(?![/\\])[\x21-\x7e]*$/.test(to) ? to : "/";
