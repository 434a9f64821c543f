import { createHash } from "node:crypto";
import { BlockList } from "node:net";
import * as z from "zod/mini";
import { parseBy, parseJson, type ReadVariable, readAll, text, throwFaults } from "../config.ts";
import { type NoticeType, noticeTypes } from "../usecases/notices/notice.ts";
import { addNetwork } from "./address-check.ts";

export interface Webhook {
  /** Names the channel: the given name, else host and a digest of the URL, which may hold a secret. */
  readonly name: string;
  readonly url: URL;
  readonly secrets: readonly Buffer[];
  readonly types: ReadonlySet<NoticeType>;
}

export interface WebhookSettings {
  readonly webhooks: readonly Webhook[];
  readonly allowed: BlockList;
}

const nameRule = "must be a name of up to 64 letters, digits and .-_";
const urlRule = "must be an http(s) URL without user and fragment";
const secretsRule = "must be a list of 1 to 5 secrets";
const secretRule = "must be whsec_ and 24 to 64 bytes in base64";
const eventsRule = `must be a list of some of ${noticeTypes.join(", ")}`;

const WebhookList = z.array(
  z.strictObject(
    {
      name: z.optional(z.string(nameRule).check(z.regex(/^[\w.-]{1,64}$/, nameRule))),
      url: z.string(urlRule).check(z.refine((url) => parseUrl(url) !== undefined, urlRule)),
      secrets: z
        .array(
          z
            .string(secretRule)
            .check(z.refine((text) => parseSecret(text) !== undefined, secretRule)),
          secretsRule,
        )
        .check(z.minLength(1, secretsRule), z.maxLength(5, secretsRule)),
      events: z.optional(
        z.array(z.enum(noticeTypes, eventsRule), eventsRule).check(z.minLength(1, eventsRule)),
      ),
    },
    'must be {"url","secrets","events"?,"name"?}',
  ),
  "must be a JSON list",
);

/** Reads `WEBHOOKS` and `WEBHOOK_ALLOW_PRIVATE`; throws every fault at once, none with a secret in it. */
export const readWebhookSettings = (read: ReadVariable): WebhookSettings =>
  readAll({ webhooks: readWebhooks, allowed: readNetworks }, read);

function readWebhooks(read: ReadVariable): readonly Webhook[] {
  const entries = parseBy(WebhookList, parseJson(text(read, "WEBHOOKS") ?? "[]"), "WEBHOOKS");
  const webhooks = entries.map(({ name, url, secrets, events }): Webhook => {
    const parsedUrl = new URL(url);
    return {
      name: `webhook:${name ?? `${parsedUrl.host}#${digestOf(parsedUrl.href)}`}`,
      url: parsedUrl,
      secrets: secrets.flatMap((secret) => parseSecret(secret) ?? []),
      types: new Set(events ?? noticeTypes),
    };
  });
  if (new Set(webhooks.map(({ name }) => name)).size < webhooks.length) {
    throw new Error("WEBHOOKS: two of them have the same name or URL");
  }
  return webhooks;
}

function parseUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  return `${url.username}${url.password}${url.hash}` === "" ? url : undefined;
}

function parseSecret(text: string): Buffer | undefined {
  const base64 = /^whsec_([A-Za-z0-9+/]+)={0,2}$/.exec(text)?.[1];
  const secret = Buffer.from(base64 ?? "", "base64");
  return secret.length >= 24 && secret.length <= 64 ? secret : undefined;
}

const digestOf = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 8);

/** Comma-separated networks, `127.0.0.0/8,::1`. */
function readNetworks(read: ReadVariable): BlockList {
  const list = new BlockList();
  const networks = (text(read, "WEBHOOK_ALLOW_PRIVATE") ?? "").split(/[\s,;]+/).filter(Boolean);
  const faults = networks
    .filter((network) => !addNetwork(list, network))
    .map((network) => `must be networks such as 10.0.0.0/8, not ${JSON.stringify(network)}`);
  throwFaults(faults.map((fault) => new Error(`WEBHOOK_ALLOW_PRIVATE ${fault}`)));
  return list;
}
