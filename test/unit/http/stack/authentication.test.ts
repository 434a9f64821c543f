import { describe, expect, test } from "@jest/globals";
import { type ApiKey, type KeySource, parseApiKeys } from "../../../../lib/http/stack/api-keys.ts";
import { authentication } from "../../../../lib/http/stack/authentication.ts";
import { nobody } from "../../../../lib/http/stack/http-context.ts";
import { apiKeysJson, keys } from "../../../support/api-keys.ts";
import { httpRequest } from "./http-request.ts";

const known = parseApiKeys(apiKeysJson);

/** A source that knows these keys at first, and others when it is read again; it notes how it was asked. */
function source(first: readonly ApiKey[], later = first, anonymous: "ingest"[] = []) {
  const asked: boolean[] = [];
  const keySource: KeySource = {
    anonymousScopes: new Set(anonymous),
    apiKeys: async ({ again = false } = {}) => {
      asked.push(again);
      return again ? later : first;
    },
  };
  return { asked, keySource };
}

async function callerOf(keySource: KeySource, headers: Record<string, string>) {
  const request = httpRequest({ headers });
  try {
    await authentication("ingest", keySource).before?.(request);
    return request.context.caller;
  } catch (error) {
    return { error, caller: request.context.caller };
  }
}

describe("a request", () => {
  test("with a known key has its holder for a caller, and the keys are asked for once", async () => {
    const { asked, keySource } = source(known);
    expect(await callerOf(keySource, { "x-api-key": keys.site })).toEqual({
      ...nobody,
      keyId: "the-site-key",
      site: "8676",
    });
    expect(asked).toEqual([false]);
  });

  test("with a key that was configured meanwhile is let in without a new start", async () => {
    const { asked, keySource } = source([], known);
    expect(await callerOf(keySource, { "x-api-key": keys.ingest })).toMatchObject({
      keyId: "the-ingest-key",
    });
    expect(asked).toEqual([false, true]);
  });

  test("with a wrong key is refused after the keys were read again, once", async () => {
    const { asked, keySource } = source(known);
    expect(await callerOf(keySource, { "x-api-key": "wrong" })).toMatchObject({
      error: { status: 401, code: "key-unknown", errors: [{ at: "X-API-KEY" }] },
      caller: { keyId: "none" },
    });
    expect(asked).toEqual([false, true]);
  });

  test("without a key is refused, and no key is read for it", async () => {
    const { asked, keySource } = source(known);
    expect(await callerOf(keySource, {})).toMatchObject({
      error: {
        status: 401,
        code: "key-missing",
        headers: { "www-authenticate": 'Bearer realm="openstack-credits"' },
      },
    });
    expect(asked).toEqual([]);
  });

  test("without a key is anonymous where its scope needs none", async () => {
    const { keySource } = source(known, known, ["ingest"]);
    expect(await callerOf(keySource, {})).toEqual({ ...nobody, keyId: "anonymous" });
  });

  test("with a wrong key is refused even where none is needed", async () => {
    const { keySource } = source(known, known, ["ingest"]);
    expect(await callerOf(keySource, { "x-api-key": "wrong" })).toMatchObject({
      error: { code: "key-unknown" },
    });
  });

  test("with a key of another scope is refused, and its holder is known to the log", async () => {
    const { keySource } = source(known);
    expect(await callerOf(keySource, { "x-api-key": keys.read })).toMatchObject({
      error: { status: 403, code: "scope-insufficient" },
      caller: { keyId: "the-read-key" },
    });
  });
});
