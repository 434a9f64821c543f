import type pg from "pg";
import type { ClaimSize } from "../../usecases/notices/claim-policy.ts";
import type { ClaimedDelivery, Outbox } from "../../usecases/notices/deliver-notices.ts";
import { type Circuit, closedCircuit } from "../../usecases/notices/delivery-policy.ts";
import {
  audienceOf,
  type Channel,
  type PageOf,
  type RecipientOutcomes,
} from "../../usecases/notices/notice.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { Pool } from "../database/pool.ts";
import { lockAdvisory } from "../database/queries/lock-advisory.ts";
import { lockAdvisoryShared } from "../database/queries/lock-advisory-shared.ts";
import { type NoticeRow, NoticeUnreadable, toNotice } from "./notice-rows.ts";
import { type ClaimedRow, claimDeliveries, type Lease } from "./queries/claim-deliveries.ts";
import { insertDeliveries } from "./queries/insert-deliveries.ts";
import { selectChannels } from "./queries/select-channels.ts";
import { selectUndispatched } from "./queries/select-undispatched.ts";
import { updateDeliveriesFailed } from "./queries/update-deliveries-failed.ts";
import { updateDelivery } from "./queries/update-delivery.ts";
import { updateDeliveryRecipients } from "./queries/update-delivery-recipients.ts";
import { updateDispatched } from "./queries/update-dispatched.ts";
import { upsertChannel } from "./queries/upsert-channel.ts";
import { upsertChannelDisabled } from "./queries/upsert-channel-disabled.ts";

// A page holds no more notices in memory than this, however many were written at once.
const pageSize = 2_000;

/**
 * Notices and their deliveries in PostgreSQL. No transaction is open while anything is sent. `pageOf` makes
 * the links to projects' pages that notices carry.
 */
export const outbox = (pool: Pool, pageOf?: PageOf): Outbox => ({
  dispatch: (channels, nowMs) => inTransaction(pool, (client) => dispatch(client, channels, nowMs)),
  circuit: (channel) => readCircuit(pool, channel),
  keepCircuit: (channel, { failures, openUntilMs }) =>
    upsertChannel(pool, channel, failures, openUntilMs),
  disable: (channel, reason, nowMs) =>
    inTransaction(pool, async (client) => {
      await lockAdvisory(client, "channelDisabling");
      await upsertChannelDisabled(client, channel, reason, nowMs);
      await updateDeliveriesFailed(client, channel, reason, nowMs);
    }),
  claim: (channel, size, lease) => claim(pool, channel, size, lease, pageOf),
  async finish(channel, { key, tries, recipients }, outcome, nowMs) {
    const state = { nextTryMs: null, error: null, ...outcome };
    if (recipients.size > 0) await updateDeliveryRecipients(pool, key, channel, recipients);
    await updateDelivery(pool, { noticeId: key, channel, tries }, state, nowMs);
  },
});

async function claim(
  pool: Pool,
  channel: string,
  size: ClaimSize,
  lease: Lease,
  pageOf: PageOf | undefined,
): Promise<readonly ClaimedDelivery[]> {
  const claimed: ClaimedDelivery[] = [];
  for (const row of await claimDeliveries(pool, channel, size, lease)) {
    try {
      const recipients: RecipientOutcomes = new Map(Object.entries(row.recipients));
      const notice = toNotice(row, pageOf);
      claimed.push({ key: row.notice_id, notice, tries: row.tries, recipients });
    } catch (error) {
      if (!(error instanceof NoticeUnreadable)) throw error;
      await giveUp(pool, channel, row, error, lease.nowMs);
    }
  }
  return claimed;
}

/** A notice that cannot be read has failed, where operators see it: it must not hold up all others. */
const giveUp = (
  pool: Pool,
  channel: string,
  { notice_id: noticeId, tries }: ClaimedRow,
  { message }: NoticeUnreadable,
  nowMs: number,
) =>
  updateDelivery(
    pool,
    { noticeId, channel, tries },
    { state: "failed", nextTryMs: null, error: message },
    nowMs,
  );

async function dispatch(
  client: pg.ClientBase,
  channels: readonly Channel[],
  nowMs: number,
): Promise<boolean> {
  await lockAdvisoryShared(client, "channelDisabling");
  const rows = await selectUndispatched(client, pageSize);
  if (rows.length === 0) return true;
  const names = channels.map(({ name }) => name);
  const known = await selectChannels(client, names);
  const disabled = new Set(known.filter((row) => row.is_disabled).map(({ channel }) => channel));
  const open = channels.filter(({ name }) => !disabled.has(name));
  const deliveries = rows.flatMap((row) =>
    takenBy(row, open).map(({ name }) => ({
      noticeId: row.notice_id,
      channel: name,
      toOperators: audienceOf[row.type] === "operators",
    })),
  );
  await insertDeliveries(client, deliveries, nowMs);
  await updateDispatched(
    client,
    rows.map((row) => row.notice_id),
    nowMs,
  );
  return rows.length < pageSize;
}

/** A notice that cannot be read goes to all of them: the claim fails it at each. */
function takenBy(row: NoticeRow, channels: readonly Channel[]): readonly Channel[] {
  try {
    const notice = toNotice(row);
    return channels.filter((channel) => channel.takes(notice));
  } catch (error) {
    if (error instanceof NoticeUnreadable) return channels;
    throw error;
  }
}

async function readCircuit(pool: Pool, channel: string): Promise<Circuit> {
  const [row] = await selectChannels(pool, [channel]);
  if (row === undefined) return closedCircuit;
  const { failures, open_until_ms: openUntilMs, is_disabled: isDisabled } = row;
  return { failures, openUntilMs, isDisabled };
}
