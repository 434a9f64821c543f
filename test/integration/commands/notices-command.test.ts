import { beforeEach, expect, test } from "@jest/globals";
import { outbox } from "../../../lib/postgres/notices/outbox.ts";
import { deliverNotices } from "../../../lib/usecases/notices/deliver-notices.ts";
import { type Channel, DeliveryFailed, type Notice } from "../../../lib/usecases/notices/notice.ts";
import { reachHalf as reachHalfAt } from "../../support/notices/reach-half.ts";
import { emptyTables } from "../../support/servers/empty-tables.ts";
import { runProgram } from "../../support/servers/run-program.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
beforeEach(async () => {
  await emptyTables(database.pool, "projects", "notices", "channels");
});

const notices = async (...args: string[]) => {
  const environment = { DATABASE_URL: database.url };
  const { stdout } = await runProgram("lib/commands/notices.ts", args, environment);
  return stdout.trimEnd().split("\n");
};

/** A receiver, what it was sent, and what it answers. */
function receiver(name: string, about?: DeliveryFailed["about"]) {
  const sent: Notice[] = [];
  const channel: Channel = {
    name,
    takes: () => true,
    async send(notice) {
      sent.push(notice);
      if (about !== undefined) throw new DeliveryFailed(about, `${name} says no`);
    },
  };
  return { channel, sent, ids: () => sent.map(({ id }) => id) };
}

const run = (...channels: Channel[]) =>
  deliverNotices(
    channels,
    outbox(database.pool),
    { nowMs: Date.now, random: () => 0.5, onFailure: () => {} },
    Date.now() + 60_000,
  );
const reachHalf = (...names: string[]) => reachHalfAt(database.pool, names, Date.now());

test("where all is well nothing is listed", async () => {
  await reachHalf("well");
  await run(receiver("hook").channel);
  expect(await notices()).toEqual(["0 deliveries have failed"]);
});

test("what was given up is listed with its reason, and beside it what waits and where", async () => {
  await reachHalf("genomics");
  const gone = receiver("gone", "gone");
  await run(gone.channel, receiver("busy", "notice").channel);
  await database.pool.query(
    "insert into channels (channel, failures, open_until) values ('down', 9, '2999-01-01T00:00:00Z')",
  );
  const [failed, ...others] = await notices();
  expect(failed).toMatch(
    new RegExp(
      `^20\\d\\d-\\S+Z {2}${gone.ids()[0]} {2}gone {2}limit.reached {2}genomics {2}1 tries {2}gone says no$`,
    ),
  );
  expect(others).toEqual([
    "1 deliveries have failed",
    "busy: 1 due",
    "down: 0 due, left alone until 2999-01-01T00:00:00.000Z",
    expect.stringMatching(/^gone: 0 due, disabled since 20\S+Z: gone says no$/),
  ]);
});

test("sent again is what was given up, under the same id, also where the receiver was gone", async () => {
  await reachHalf("one", "other");
  const gone = receiver("hook", "gone");
  await run(gone.channel);
  const back = receiver("hook");
  await run(back.channel);
  expect(back.sent).toEqual([]);
  expect(await notices("--resend", "--channel", "hook")).toEqual(["2 deliveries are due again"]);
  const { rows } = await database.pool.query("select tries from deliveries");
  expect(rows).toEqual([{ tries: 0 }, { tries: 0 }]);
  await run(back.channel);
  expect(back.ids().sort()).toEqual([...new Set(gone.ids())].sort());
  expect(await notices("--resend")).toEqual(["0 deliveries are due again"]);
  await run(back.channel);
  expect(back.sent).toHaveLength(2);
  await reachHalf("later");
  await run(back.channel);
  expect(back.sent).toHaveLength(3);
});

test("one notice is sent again without another channel being opened", async () => {
  await reachHalf("one", "other");
  const gone = receiver("gone", "gone");
  await run(gone.channel);
  await database.pool.query(
    "insert into channels (channel, disabled_at, disabled_reason) values ('elsewhere', now(), 'HTTP 410')",
  );
  const id = gone.ids()[0] ?? "";
  expect(await notices("--resend", "--id", id)).toEqual(["1 deliveries are due again"]);
  const [back, elsewhere] = [receiver("gone"), receiver("elsewhere")];
  await reachHalf("later");
  await run(back.channel, elsewhere.channel);
  expect(back.ids()).toContain(id);
  expect(back.sent).toHaveLength(2);
  expect(elsewhere.sent).toEqual([]);
});

test("a channel that took the notice stays as it is where another one gets it again", async () => {
  await reachHalf("one");
  const [gone, took] = [receiver("gone", "gone"), receiver("took")];
  await run(gone.channel, took.channel);
  await database.pool.query(
    "insert into channels (channel, disabled_at, disabled_reason) values ('took', now(), 'HTTP 410')",
  );
  const id = gone.ids()[0] ?? "";
  expect(await notices("--resend", "--id", id)).toEqual(["1 deliveries are due again"]);
  const { rows } = await database.pool.query("select channel from channels");
  expect(rows).toEqual([{ channel: "took" }]);
});

test("what waits for a channel that is configured no more is seen, and sent when it is again", async () => {
  await reachHalf("one");
  const busy = receiver("hook", "notice");
  await run(busy.channel);
  await database.pool.query("update deliveries set next_try_at = now() - interval '1 second'");
  await run(receiver("mail").channel);
  expect(await notices()).toEqual(["0 deliveries have failed", "hook: 1 due"]);
  const back = receiver("hook");
  await run(back.channel);
  expect(back.ids()).toEqual(busy.ids());
});

const nobody = "00000000-0000-4000-8000-000000000000";
test("a notice or channel that does not exist is said, with what there is", async () => {
  await reachHalf("one");
  const gone = receiver("gone", "gone");
  await run(gone.channel, receiver("mail").channel);
  const elsewhere = "insert into channels (channel, failures) values ('elsewhere', 1)";
  await database.pool.query(elsewhere);
  for (const [args, message] of [
    [["--id", nobody], `there is no notice ${nobody}`],
    [["--channel", "mial"], "there is no channel mial; there are: elsewhere, gone, mail"],
    [
      ["--id", gone.ids()[0] ?? "", "--channel", "elsewhere"],
      "there is no channel elsewhere for this notice; there are: gone, mail",
    ],
  ] as const) {
    await expect(notices("--resend", ...args)).rejects.toMatchObject({
      code: 1,
      stdout: "",
      stderr: `${message}\n`,
    });
  }
  const { rows } = await database.pool.query("select channel from channels order by channel");
  expect(rows).toEqual([{ channel: "elsewhere" }, { channel: "gone" }]);
  expect(await notices("--resend", "--channel", "elsewhere")).toEqual([
    "0 deliveries are due again",
  ]);
});

test("a notice that has not failed is no fault: it is said how it is", async () => {
  await reachHalf("one");
  const mail = receiver("mail");
  await run(mail.channel, receiver("busy", "notice").channel);
  const id = mail.ids()[0] ?? "";
  expect(await notices("--resend", "--id", id)).toEqual([
    "0 deliveries are due again: busy due, mail delivered",
  ]);
  await database.pool.query("delete from deliveries");
  expect(await notices("--resend", "--id", id)).toEqual([
    "0 deliveries are due again: no channel takes it",
  ]);
});

test.each([
  [["--resend", "--id", "5"], /--id must be the id of a notice/],
  [["--channel", "portal"], /--resend is missing/],
])("a call that means nothing is refused: %j", async (args, message) => {
  await expect(notices(...args)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(message),
  });
});
