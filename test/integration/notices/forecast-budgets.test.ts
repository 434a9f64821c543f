import { beforeAll, beforeEach, expect, test } from "@jest/globals";
import { dayMs } from "../../../lib/billing/time.ts";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { forecastPorts } from "../../../lib/postgres/notices/budget-forecasts.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { forecastBudgets } from "../../../lib/usecases/notices/forecast-budgets.ts";
import { at, begin, ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { emptyTables } from "../../support/servers/empty-tables.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const dayMinutes = 1_440;
const database = useDatabase();
beforeAll(async () => {
  await applyTariffs(database.pool, parseMetricSettings('{"project_vcpu_usage":1}'), "test");
});
beforeEach(async () => {
  await emptyTables(database.pool, "projects", "notices", "daily_costs", "settings");
});

/** Every project of the names uses 24 credits a day, from minute 0 on for so many days. */
const useFor = (days: number, ...names: string[]) =>
  ledgerOf(database).bill(
    ...names.flatMap((name) => [
      measured(name, 0, "0"),
      measured(name, days * dayMinutes, String(24 * days)),
    ]),
  );
const grant = (name: string, credits: number | null) =>
  database.pool.query("update projects set granted_credits = $2 where project_name = $1", [
    name,
    credits,
  ]);
/** Looks at all budgets so many days after minute 0, with 14 days' notice. */
const look = (days: number, shouldStop = () => false) =>
  forecastBudgets(forecastPorts(database.pool), 14, begin + days * dayMs, shouldStop);
const notices = async () => {
  const { rows } = await database.pool.query(
    `select project_name as project, notices.used_credits::float8 as used,
            notices.granted_credits::float8 as granted, details
       from notices join projects using (project_id) order by notice_id`,
  );
  return rows;
};
const told = async () => (await notices()).map(({ project }) => project);

test("a budget that ends within 14 days is told once, with the range in which it does", async () => {
  await useFor(40, "near", "edge", "far");
  await grant("near", 40 * 24 + 10 * 24);
  await grant("edge", 40 * 24 + 14 * 24);
  await grant("far", 40 * 24 + 14 * 24 + 1);
  expect(await look(40)).toMatchObject({ projects: 3, ending: 2, isFinished: true });
  expect(await look(40)).toMatchObject({ ending: 0, rearmed: 0 });
  expect(await told()).toEqual(["edge", "near"]);
  const [, notice] = await notices();
  expect(notice).toMatchObject({ project: "near", used: 960, granted: 1200 });
  expect(notice.details).toEqual({
    withinDays: 14,
    earliestMs: at(50 * dayMinutes),
    expectedMs: at(50 * dayMinutes),
    latestMs: at(50 * dayMinutes),
  });
});

test("it is armed again when it is more than 28 days away", async () => {
  await useFor(40, "slower");
  await grant("slower", 40 * 24 + 240);
  await look(40);
  // Without usage the rate of the week sinks: after three days the end is 17 days away, then 28.
  expect(await look(43)).toMatchObject({ ending: 0, rearmed: 0 });
  expect(await look(46)).toMatchObject({ ending: 0, rearmed: 1 });
  await ledgerOf(database).bill(measured("slower", 47 * dayMinutes, String(24 * 47)));
  expect(await look(47)).toMatchObject({ ending: 1 });
  expect(await told()).toEqual(["slower", "slower"]);
});

test("a changed grant arms it, and it is told again where it still ends soon", async () => {
  await useFor(40, "changed");
  await grant("changed", 40 * 24 + 120);
  await look(40);
  await grant("changed", 40 * 24 + 240);
  expect(await look(40)).toMatchObject({ ending: 1, rearmed: 1 });
  await grant("changed", 40 * 24 + 24_000);
  expect(await look(40)).toMatchObject({ ending: 0, rearmed: 1 });
  expect(await told()).toEqual(["changed", "changed"]);
});

test("a budget that has ended, an unknown grant and no usage are not told", async () => {
  await useFor(40, "ended", "unknown", "idle");
  await grant("ended", 960);
  await grant("idle", 961);
  expect(await look(40 + 31)).toMatchObject({ ending: 0 });
  await grant("idle", null);
  expect(await look(40)).toMatchObject({ ending: 0, rearmed: 0 });
});

test("a budget that ends after it was told stays told: it is not far away", async () => {
  await useFor(40, "over");
  await grant("over", 40 * 24 + 24);
  await look(40);
  await ledgerOf(database).bill(measured("over", 41 * dayMinutes, String(24 * 41)));
  expect(await look(41)).toMatchObject({ ending: 0, rearmed: 0 });
});

/** 450 projects that end soon, which are three pages. */
async function endSoon(): Promise<void> {
  const names = Array.from({ length: 450 }, (_, index) => `many ${index}`);
  await useFor(1, ...names);
  await database.pool.query("update projects set granted_credits = 36");
}
/** The time of a run that is up after so many pages. */
const pages = (count: number) => {
  let left = count;
  return () => left-- <= 0;
};

test("a run whose time is up goes on at the next one, and behind the last project come the first", async () => {
  await endSoon();
  expect(await look(1, pages(1))).toMatchObject({ projects: 200, isFinished: false });
  expect(await look(1)).toMatchObject({ projects: 450, ending: 250, isFinished: true });
  expect(await look(1)).toMatchObject({ projects: 450, ending: 0 });
  expect(new Set(await told()).size).toBe(450);
});

test("however little time each run has, every project has its turn, again and again", async () => {
  await endSoon();
  const ports = forecastPorts(database.pool);
  let read: number[] = [];
  const noting = {
    ...ports,
    async projectsAfter(...args: Parameters<typeof ports.projectsAfter>) {
      const page = await ports.projectsAfter(...args);
      read.push(...page.map(({ projectId }) => projectId));
      return page;
    },
  };
  const run = (count: number) => forecastBudgets(noting, 14, begin + dayMs, pages(count));
  const seen = new Map<number, number>();
  // A round is three pages. Of what a run reads, the last page is for nothing where its time is up.
  for (let runs = 0; runs < 6; runs += 1) {
    read = [];
    const { projects } = await run(1);
    for (const id of read.slice(0, projects)) seen.set(id, (seen.get(id) ?? 0) + 1);
  }
  expect([seen.size, ...new Set(seen.values())]).toEqual([450, 2]);
  // Three pages: the rest, and the beginning up to where the first run began.
  expect(await run(2)).toMatchObject({ projects: 400, isFinished: false });
  expect(await run(3)).toMatchObject({ projects: 450, isFinished: true });
});

test("looks that overlap tell once, also where the grant has changed", async () => {
  await useFor(40, "overlap");
  await grant("overlap", 970);
  await Promise.all([look(40), look(40), look(40)]);
  expect(await told()).toEqual(["overlap"]);
  await grant("overlap", 980);
  await Promise.all([look(40), look(40), look(40)]);
  expect(await told()).toEqual(["overlap", "overlap"]);
});

test("a look that is late arms only what it has seen, not what another one told meanwhile", async () => {
  await useFor(40, "late");
  await grant("late", 970);
  await look(40);
  await grant("late", 980);
  const ports = forecastPorts(database.pool);
  const late = {
    ...ports,
    write: async (...args: Parameters<typeof ports.write>) => {
      await look(40);
      return ports.write(...args);
    },
  };
  await forecastBudgets(late, 14, begin + 40 * dayMs, () => false);
  expect(await told()).toEqual(["late", "late"]);
});
