import type pg from "pg";
import type { Outbox } from "../usecases/deliver-notices.ts";
import { type Circuit, closedCircuit } from "../usecases/delivery-policy.ts";
import type { Channel } from "../usecases/notice.ts";
import { inTransaction } from "./in-transaction.ts";
import { toNotice } from "./notice-rows.ts";
import { claimDeliveries } from "./queries/claim-deliveries.ts";
import { disableChannel } from "./queries/disable-channel.ts";
import { insertDeliveries } from "./queries/insert-deliveries.ts";
import { selectChannels } from "./queries/select-channels.ts";
import { selectUndispatched } from "./queries/select-undispatched.ts";
import { updateDeliveriesFailed } from "./queries/update-deliveries-failed.ts";
import { updateDelivery } from "./queries/update-delivery.ts";
import { updateDispatched } from "./queries/update-dispatched.ts";
import { upsertChannel } from "./queries/upsert-channel.ts";

// A page holds no more notices in memory than this, however many were written at once.
const pageSize = 2_000;

/** Notices and their deliveries in PostgreSQL. No transaction is open while anything is sent. */
export const outbox = (pool: pg.Pool): Outbox => ({
  dispatch: (channels, nowMs) => inTransaction(pool, (client) => dispatch(client, channels, nowMs)),
  circuit: (channel) => readCircuit(pool, channel),
  keepCircuit: (channel, { failures, openUntilMs }) =>
    upsertChannel(pool, channel, failures, openUntilMs),
  disable: (channel, reason, nowMs) =>
    inTransaction(pool, async (client) => {
      await disableChannel(client, channel, reason, nowMs);
      await updateDeliveriesFailed(client, channel, reason, nowMs);
    }),
  async claim(channel, countMax, lease) {
    const rows = await claimDeliveries(pool, channel, countMax, lease);
    return rows.map((row) => ({ key: row.notice_id, notice: toNotice(row), tries: row.tries }));
  },
  finish: (channel, key, outcome, nowMs) =>
    updateDelivery(pool, key, channel, { nextTryMs: null, error: null, ...outcome }, nowMs),
});

async function dispatch(
  client: pg.ClientBase,
  channels: readonly Channel[],
  nowMs: number,
): Promise<boolean> {
  const rows = await selectUndispatched(client, pageSize);
  if (rows.length === 0) return true;
  const names = channels.map(({ name }) => name);
  const known = await selectChannels(client, names);
  const disabled = new Set(known.filter((row) => row.is_disabled).map(({ channel }) => channel));
  const deliveries = rows.flatMap((row) => {
    const notice = toNotice(row);
    return channels
      .filter((channel) => !disabled.has(channel.name) && channel.takes(notice))
      .map(({ name }) => ({ noticeId: row.notice_id, name }));
  });
  await insertDeliveries(
    client,
    deliveries.map(({ noticeId }) => noticeId),
    deliveries.map(({ name }) => name),
    nowMs,
  );
  await updateDispatched(
    client,
    rows.map((row) => row.notice_id),
    nowMs,
  );
  return rows.length < pageSize;
}

async function readCircuit(pool: pg.Pool, channel: string): Promise<Circuit> {
  const [row] = await selectChannels(pool, [channel]);
  if (row === undefined) return closedCircuit;
  const { failures, open_until_ms: openUntilMs, is_disabled: isDisabled } = row;
  return { failures, openUntilMs, isDisabled };
}
