import { expect, test } from "@jest/globals";
import { limitScan } from "../../../lib/postgres/notices/limit-scan.ts";
import { outbox } from "../../../lib/postgres/notices/outbox.ts";
import type { Channel } from "../../../lib/usecases/notices/notice.ts";
import { limitedProject } from "../../support/notices/limited-project.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();

let nowMs = Date.UTC(2026, 10, 23);
function scan(...thresholds: string[]) {
  nowMs += 60_000;
  return limitScan(database.pool)(thresholds, nowMs);
}

const project = (name: string) => limitedProject(database.pool, name);
const standard = () => scan("50", "100");

test("half, full, both cleared by a larger grant, half again: as the service before did", async () => {
  const one = project("as before");
  await one.set("0", "100");
  await standard();
  expect(await one.noticed()).toEqual([]);
  await one.set("50", "100");
  await standard();
  expect(await one.noticed()).toEqual(["50: 50 of 100"]);
  await one.set("100", "100");
  await standard();
  expect(await one.noticed()).toEqual(["100: 100 of 100"]);
  await one.set("100", "400");
  await standard();
  expect(await one.noticed()).toEqual([]);
  await one.set("250", "400");
  await standard();
  expect(await one.noticed()).toEqual(["50: 250 of 400"]);
});

test("one step may cross both limits, and then both are told", async () => {
  const one = project("both at once");
  await one.set("0", "100");
  await standard();
  await one.set("100.5", "100");
  await standard();
  expect(await one.noticed()).toEqual(["50: 100.5 of 100", "100: 100.5 of 100"]);
});

test("a limit is told once, however often it is looked at and however much more is used", async () => {
  const one = project("once");
  await one.set("50", "100");
  await standard();
  await one.set("70", "100");
  await standard();
  await standard();
  expect(await one.noticed()).toEqual(["50: 50 of 100"]);
});

test("a grant that shrinks below what is used is noticed without new usage", async () => {
  const one = project("shrunk");
  await one.set("40", "100");
  await standard();
  await one.set("40", "40");
  await standard();
  expect(await one.noticed()).toEqual(["50: 40 of 40", "100: 40 of 40"]);
});

test("a refund re-arms a limit as a larger grant does", async () => {
  const one = project("refunded");
  await one.set("50", "100");
  await standard();
  await one.set("49.999999999999", "100");
  await standard();
  await one.set("50", "100");
  await standard();
  expect(await one.noticed()).toHaveLength(2);
});

test.each([
  ["unknown", null],
  ["zero", "0"],
])("a grant that is %s has no limits", async (name, granted) => {
  const one = project(`grant ${name}`);
  await one.set("1000", granted);
  await standard();
  expect(await one.noticed()).toEqual([]);
});

test("a grant of zero neither tells nor re-arms: zero is not below", async () => {
  const one = project("zeroed");
  await one.set("60", "100");
  await standard();
  await one.set("60", "0");
  await standard();
  await one.set("60", "100");
  await standard();
  expect(await one.noticed()).toEqual(["50: 60 of 100"]);
});

test("the first grant of a project that has used more than half of it is noticed", async () => {
  const one = project("late grant");
  await one.set("60", null);
  await standard();
  await one.set("60", "100");
  await standard();
  expect(await one.noticed()).toEqual(["50: 60 of 100"]);
});

test("thresholds are exact to the last digit", async () => {
  const one = project("exact");
  await one.set("33.333333333333333333333333333332", "100");
  await scan("50", "100", "33.333333");
  await one.set("33.333332999999999999999999999999", "100");
  await scan("50", "100", "33.333333");
  expect(await one.noticed()).toEqual([]);
  await one.set("33.333333", "100");
  await scan("50", "100", "33.333333");
  expect(await one.noticed()).toEqual(["33.333333: 33.333333 of 100"]);
  await standard();
});

test("who is above a new threshold already is not told, until it is armed again", async () => {
  const [above, below] = [project("above the new one"), project("below the new one")];
  await above.set("85", "100");
  await below.set("10", "100");
  await standard();
  expect(await above.noticed()).toEqual(["50: 85 of 100"]);
  await scan("50", "80", "100");
  await below.set("81", "100");
  await scan("50", "80", "100");
  expect(await above.noticed()).toEqual([]);
  expect(await below.noticed()).toEqual(["50: 81 of 100", "80: 81 of 100"]);
  await above.set("79", "100");
  await scan("50", "80", "100");
  await above.set("80", "100");
  await scan("50", "80", "100");
  expect(await above.noticed()).toEqual(["80: 80 of 100"]);
  await standard();
});

test("who counts as noticed because a threshold is new is sent nothing", async () => {
  await project("quiet").set("95", "100");
  await standard();
  await scan("50", "90", "100");
  const sent: string[] = [];
  const channel: Channel = {
    name: "hook",
    takes: (notice) => {
      if ("projectName" in notice && notice.projectName === "quiet") {
        sent.push(JSON.stringify(notice));
      }
      return false;
    },
    send: async () => {},
  };
  while (!(await outbox(database.pool).dispatch([channel], nowMs)));
  expect(sent.map((notice) => JSON.parse(notice).threshold)).toEqual(["50"]);
  await standard();
});

test("the very first thresholds are new beside none: who is above them is told", async () => {
  const one = project("first of all");
  await database.pool.query("delete from limit_thresholds");
  await one.set("60", "100");
  await standard();
  expect(await one.noticed()).toEqual(["50: 60 of 100"]);
});

test("a threshold that was taken away and comes back is new again", async () => {
  const one = project("come and gone");
  await one.set("75", "100");
  await scan("50", "70", "100");
  await standard();
  expect(await one.noticed()).toHaveLength(1);
  await scan("50", "70", "100");
  expect(await one.noticed()).toEqual([]);
  await standard();
});

test("scans that overlap tell once", async () => {
  const one = project("overlap");
  await one.set("100", "100");
  // As many as it takes for the scans to be at it at once.
  const others = 5_000;
  await database.pool.query(
    `insert into projects (project_name, used_credits, granted_credits)
     select 'overlap ' || n, 100, 100 from generate_series(1, $1::int) as n`,
    [others],
  );
  const scans = await Promise.all([standard(), standard(), standard()]);
  expect(scans.reduce((sum, { noticed }) => sum + noticed, 0)).toBe(2 * (others + 1));
  expect(await one.noticed()).toHaveLength(2);
  await database.pool.query("delete from projects where project_name like 'overlap %'");
});
