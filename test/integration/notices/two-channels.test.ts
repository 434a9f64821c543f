import { beforeEach, expect, test } from "@jest/globals";
import { outbox } from "../../../lib/postgres/notices/outbox.ts";
import { deleteChannelState } from "../../../lib/postgres/notices/queries/delete-channel-state.ts";
import { insertSiteNotices } from "../../../lib/postgres/notices/queries/insert-site-notices.ts";
import { updateDeliveriesDue } from "../../../lib/postgres/notices/queries/update-deliveries-due.ts";
import type { ClaimedDelivery } from "../../../lib/usecases/notices/deliver-notices.ts";
import { closedCircuit } from "../../../lib/usecases/notices/delivery-policy.ts";
import type { Channel } from "../../../lib/usecases/notices/notice.ts";
import { reachHalf } from "../../support/notices/reach-half.ts";
import { emptyTables } from "../../support/servers/empty-tables.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
const nowMs = Date.UTC(2026, 10, 23);
const later = { nowMs: nowMs + 1, leaseUntilMs: nowMs + 1 };
const eight = { countMax: 8, operatorsMax: 8 };
const channels = ["hook", "mail"].map((name): Channel => {
  return { name, takes: () => true, send: async () => {} };
});
const box = () => outbox(database.pool);
const claim = (channel: string) => box().claim(channel, eight, later);

/** Two notices to operators and two to projects are due at both channels. */
beforeEach(async () => {
  await emptyTables(database.pool, "projects", "notices", "channels");
  await reachHalf(database.pool, 2, nowMs);
  const silent = '{"site":"1","silentSinceMs":0,"seriesCount":1}';
  const types = ["site.silent", "site.reporting"];
  const client = await database.pool.connect();
  await insertSiteNotices(client, types, [silent, silent], nowMs);
  client.release();
  await box().dispatch(channels, nowMs);
});

/** How many deliveries of the channel are in each state, with that many tries. */
async function statesOf(channel: string) {
  const { rows } = await database.pool.query(
    `select state, tries, count(*)::int as count from deliveries
      where channel = $1 group by state, tries order by state, tries`,
    [channel],
  );
  return rows.map(({ state, tries, count }) => `${count} ${state}, tries ${tries}`);
}
const first = (claimed: readonly ClaimedDelivery[]): ClaimedDelivery => {
  const [one] = claimed;
  if (one === undefined) throw new Error("nothing was claimed");
  return one;
};

test("a claim takes the deliveries of its channel alone", async () => {
  const claimed = await claim("hook");
  expect(new Set(claimed.map(({ notice }) => notice.id)).size).toBe(4);
  expect(claimed).toHaveLength(4);
  expect(await statesOf("hook")).toEqual(["4 due, tries 1"]);
  expect(await statesOf("mail")).toEqual(["4 due, tries 0"]);
});

test.each(["delivered", "failed"] as const)("what is %s is not claimed again", async (state) => {
  for (const one of await claim("hook")) {
    const outcome = state === "failed" ? { state, error: "refused" } : { state };
    await box().finish("hook", one, outcome, nowMs);
  }
  expect(await statesOf("hook")).toEqual([`4 ${state}, tries 1`]);
  expect(await claim("hook")).toEqual([]);
});

test("an outcome counts for one notice at one channel", async () => {
  const [one] = [first(await claim("hook")), await claim("mail")];
  const recipients = new Map([["a@example.org", "refused" as const]]);
  await box().finish("hook", { ...one, recipients }, { state: "delivered" }, nowMs);
  expect(await statesOf("hook")).toEqual(["1 delivered, tries 1", "3 due, tries 1"]);
  expect(await statesOf("mail")).toEqual(["4 due, tries 1"]);
  const { rows } = await database.pool.query(
    "select channel from deliveries where recipients <> '{}'",
  );
  expect(rows).toEqual([{ channel: "hook" }]);
});

test("a channel that is disabled fails what is due there, and nothing elsewhere", async () => {
  await box().finish("hook", first(await claim("hook")), { state: "delivered" }, nowMs);
  await box().disable("hook", "gone", nowMs);
  expect(await statesOf("hook")).toEqual(["1 delivered, tries 1", "3 failed, tries 1"]);
  expect(await statesOf("mail")).toEqual(["4 due, tries 0"]);
  expect(await box().circuit("hook")).toMatchObject({ isDisabled: true });
  expect(await box().circuit("mail")).toEqual(closedCircuit);
});

test("the circuit of one channel is kept and closed without another's", async () => {
  const open = { failures: 3, openUntilMs: nowMs + 1, isDisabled: false };
  for (const { name } of channels) await box().keepCircuit(name, open);
  await box().keepCircuit("mail", { ...open, failures: 5 });
  expect(await box().circuit("hook")).toEqual(open);
  await deleteChannelState(database.pool, "mail", null);
  expect(await box().circuit("hook")).toEqual(open);
  expect(await box().circuit("mail")).toEqual(closedCircuit);
});

test("what is sent again is of one channel, or one notice, and only if it has failed", async () => {
  for (const { name } of channels) {
    await box().finish(name, first(await claim(name)), { state: "delivered" }, nowMs);
    await box().disable(name, "gone", nowMs);
  }
  expect(await updateDeliveriesDue(database.pool, "hook", null)).toBe(3);
  expect(await statesOf("hook")).toEqual(["1 delivered, tries 1", "3 due, tries 0"]);
  expect(await statesOf("mail")).toEqual(["1 delivered, tries 1", "3 failed, tries 1"]);
  const { rows } = await database.pool.query(
    "select public_id from deliveries join notices using (notice_id) where state = 'failed' limit 1",
  );
  expect(await updateDeliveriesDue(database.pool, null, rows[0].public_id)).toBe(1);
  expect(await statesOf("mail")).toEqual([
    "1 delivered, tries 1",
    "1 due, tries 0",
    "2 failed, tries 1",
  ]);
});

test("sending one notice again opens the circuits at which it has failed, and no other's", async () => {
  await box().finish("mail", first(await claim("mail")), { state: "delivered" }, nowMs);
  await box().disable("mail", "gone", nowMs);
  await box().keepCircuit("hook", { failures: 3, openUntilMs: nowMs + 1, isDisabled: false });
  const { rows } = await database.pool.query<{ public_id: string; state: string }>(
    "select public_id, state from deliveries join notices using (notice_id) where channel = 'mail'",
  );
  const id = (state: string) => rows.find((row) => row.state === state)?.public_id ?? "";
  await deleteChannelState(database.pool, null, id("delivered"));
  expect(await box().circuit("mail")).toMatchObject({ isDisabled: true });
  await deleteChannelState(database.pool, null, id("failed"));
  expect(await box().circuit("mail")).toEqual(closedCircuit);
  expect(await box().circuit("hook")).toMatchObject({ failures: 3 });
});
