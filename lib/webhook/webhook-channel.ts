import type { ConnectionOptions } from "node:tls";
import type { ReadVariable } from "../config.ts";
import { type Channel, DeliveryFailed, type Notice } from "../usecases/notices/notice.ts";
import { AddressRefused, type ResolveAddresses, resolveAddresses } from "./checked-lookup.ts";
import { payloadOf } from "./payload.ts";
import { type PostAnswer, postChecked } from "./post-checked.ts";
import { retryAfterMs } from "./retry-after.ts";
import { signatureHeader } from "./signature.ts";
import { readWebhookSettings, type Webhook, type WebhookSettings } from "./webhook-settings.ts";

/** The network and the clock, which tests replace. */
export interface WebhookEffects {
  readonly resolve: ResolveAddresses;
  readonly nowMs: () => number;
  readonly timeoutMs: number;
  readonly tls: ConnectionOptions;
}

const defaultEffects: WebhookEffects = {
  resolve: resolveAddresses,
  nowMs: Date.now,
  timeoutMs: 10_000,
  tls: {},
};

/** The channels of the webhooks in the environment. */
export const readWebhookChannels = (read: ReadVariable): readonly Channel[] =>
  webhookChannels(readWebhookSettings(read));

/** One channel for each configured webhook. */
export function webhookChannels(
  { webhooks, allowed }: WebhookSettings,
  replaced: Partial<WebhookEffects> = {},
): readonly Channel[] {
  const effects = { ...defaultEffects, ...replaced };
  return webhooks.map((webhook) => ({
    name: webhook.name,
    takes: ({ type }) => webhook.types.has(type),
    send: (notice) => send(webhook, notice, allowed, effects),
  }));
}

async function send(
  { url, secrets }: Webhook,
  notice: Notice,
  allowed: WebhookSettings["allowed"],
  { resolve, nowMs, timeoutMs, tls }: WebhookEffects,
): Promise<void> {
  const body = payloadOf(notice);
  // The time of the try, not of the notice: receivers refuse a timestamp that is some minutes old.
  const timestamp = Math.floor(nowMs() / 1_000);
  const headers = {
    "content-type": "application/json",
    "user-agent": "openstack-credits",
    "webhook-id": notice.id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signatureHeader(secrets, notice.id, timestamp, body),
  };
  try {
    const answer = await postChecked({ url, headers, body, allowed, resolve, timeoutMs, tls });
    checkTaken(answer, nowMs());
  } catch (error) {
    throw error instanceof DeliveryFailed ? error : unreached(error as Error);
  }
}

/** The URL stays out of every message, for its path or query may be a secret. */
function unreached(cause: NodeJS.ErrnoException): DeliveryFailed {
  const reason =
    cause instanceof AddressRefused
      ? `The receiver is not connected to: ${cause.message}`
      : `The receiver was not reached: ${cause.code ?? cause.message}`;
  return new DeliveryFailed("receiver", reason, { cause });
}

function checkTaken({ statusCode, retryAfter }: PostAnswer, nowMs: number): void {
  if (statusCode >= 200 && statusCode < 300) return;
  const message = `The receiver answered ${statusCode}`;
  if (statusCode === 410) throw new DeliveryFailed("gone", message);
  if (statusCode >= 300 && statusCode < 400) {
    throw new DeliveryFailed("receiver", `${message}; redirects are not followed`);
  }
  const isAboutNotice =
    statusCode >= 400 && statusCode < 500 && statusCode !== 408 && statusCode !== 429;
  const waitMs =
    statusCode === 429 || statusCode === 503 ? retryAfterMs(retryAfter, nowMs) : undefined;
  throw new DeliveryFailed(isAboutNotice ? "notice" : "receiver", message, {
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  });
}
