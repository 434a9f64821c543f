import { beforeEach, expect, test } from "@jest/globals";
import { migrate, readMigrations } from "../../../lib/postgres/migrate.ts";
import { outbox } from "../../../lib/postgres/notices/outbox.ts";
import { claimDeliveries } from "../../../lib/postgres/notices/queries/claim-deliveries.ts";
import { type ClaimSize, claimSize } from "../../../lib/usecases/notices/claim-policy.ts";
import { deliverNotices } from "../../../lib/usecases/notices/deliver-notices.ts";
import { closedCircuit } from "../../../lib/usecases/notices/delivery-policy.ts";
import type { Channel, NoticeType } from "../../../lib/usecases/notices/notice.ts";
import { indexesUsed } from "../../support/indexes-used.ts";
import { isBlocked } from "../../support/is-blocked.ts";
import { reachHalf as reachHalfAt } from "../../support/notices/reach-half.ts";
import { createDatabase } from "../../support/servers/database.ts";
import { emptyTables } from "../../support/servers/empty-tables.ts";
import { migrationsDirectory } from "../../support/servers/template-database.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const minuteMs = 60_000;
const database = useDatabase();
let nowMs: number;
beforeEach(async () => {
  await emptyTables(database.pool, "projects", "notices", "channels");
  nowMs = Date.UTC(2026, 10, 23);
});

const reachHalf = (projects: number) => reachHalfAt(database.pool, projects, nowMs);
const fallSilent = (sites: number) =>
  database.pool.query(
    `insert into notices (type, details)
     select 'site.silent', jsonb_build_object('site', n::text, 'silentSinceMs', 0, 'seriesCount', 1)
       from generate_series(1, $1::int) as n`,
    [sites],
  );
/** A receiver, and the types of what it was sent, in that order. */
function receiver() {
  const sent: NoticeType[] = [];
  const send = async ({ type }: { type: NoticeType }) => void sent.push(type);
  const channel: Channel = { name: "hook", takes: () => true, send };
  return { channel, sent };
}
const { channel } = receiver();
const dispatch = (of = database.pool) => outbox(of).dispatch([channel], nowMs);
/** The types of what a run gets at once. */
async function claim(size: ClaimSize, of = database.pool): Promise<readonly NoticeType[]> {
  const lease = { nowMs, leaseUntilMs: nowMs + 5 * minuteMs };
  const claimed = await outbox(of).claim("hook", size, lease);
  return claimed.map(({ notice }) => notice.type);
}
const eight = claimSize(closedCircuit);
const one = claimSize({ ...closedCircuit, failures: 1 });
const many = (count: number, type: NoticeType) => Array(count).fill(type);

test("an operator is told of a silent site before projects that wait for longer", async () => {
  await reachHalf(100);
  await dispatch();
  nowMs += 60 * minuteMs;
  await fallSilent(1);
  const { channel, sent } = receiver();
  const effects = { nowMs: () => nowMs, random: () => 0.5, onFailure: () => {} };
  await deliverNotices([channel], outbox(database.pool), effects, nowMs + minuteMs);
  expect(sent).toHaveLength(101);
  expect(sent.slice(0, 8)).toContain("site.silent");
});

test("what is for operators gets its deliveries first, by an index", async () => {
  await reachHalf(2_500);
  await fallSilent(1);
  const used = await indexesUsed(database, async (pool) => {
    expect(await dispatch(pool)).toBe(false);
  });
  expect(used).toContain("notices_undispatched");
  const { rows } = await database.pool.query(
    "select type, count(*)::int from notices where dispatched_at is null group by type",
  );
  expect(rows).toEqual([{ type: "limit.reached", count: 501 }]);
});

test("where both wait for long, neither waits for the other, and an index finds them", async () => {
  await reachHalf(20);
  await fallSilent(20);
  await dispatch();
  await database.pool.query(
    "update deliveries set next_try_at = next_try_at - interval '1 hour' where to_operators",
  );
  const used = await indexesUsed(database, async (pool) => {
    for (const [operators, projects] of [
      [6, 2],
      [6, 2],
      [6, 2],
      [2, 6],
      [0, 8],
      [0, 0],
    ] as const) {
      expect((await claim(eight, pool)).toSorted()).toEqual([
        ...many(projects, "limit.reached"),
        ...many(operators, "site.silent"),
      ]);
    }
  });
  expect(used).toContain("deliveries_due");
});

test("a claim that is not committed yet keeps its notices, to operators as to projects, from another", async () => {
  await reachHalf(4);
  await fallSilent(12);
  await dispatch();
  const times = { nowMs, leaseUntilMs: nowMs + 5 * minuteMs };
  const client = await database.pool.connect();
  try {
    await client.query("begin");
    const first = await claimDeliveries(client, "hook", eight, times);
    const claiming = claimDeliveries(database.pool, "hook", eight, times);
    const isSecondBlocked = await isBlocked(database.pool, claiming);
    await client.query("commit");
    const ids = [...first, ...(await claiming)].map((row) => row.public_id);
    expect([ids.length, new Set(ids).size]).toEqual([16, 16]);
    expect(isSecondBlocked).toBe(false);
  } finally {
    client.release();
  }
});

test("a receiver that is asked with one notice whether it is back gets an operator's", async () => {
  await reachHalf(2);
  await fallSilent(1);
  await dispatch();
  expect(await claim(one)).toEqual(["site.silent"]);
  expect(await claim(one)).toEqual(["limit.reached"]);
});

test("what waited before the migration is for whom it was", async () => {
  await using old = await createDatabase();
  const migrations = await readMigrations(migrationsDirectory);
  await migrate(old.pool, migrations.slice(0, 7));
  await old.pool.query(
    `insert into notices (type, project_id, details)
     values ('limit.reached', 1, null), ('site.silent', null, '{"site":"1","silentSinceMs":0,"seriesCount":1}')`,
  );
  await old.pool.query(
    "insert into deliveries (notice_id, channel, next_try_at) select notice_id, 'hook', 'epoch' from notices",
  );
  await migrate(old.pool, migrations);
  expect(await claim(one, old.pool)).toEqual(["site.silent"]);
});
