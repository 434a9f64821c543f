import { beforeAll, expect, test } from "@jest/globals";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { discardPorts } from "../../../lib/postgres/operations/discard.ts";
import { retentionPorts } from "../../../lib/postgres/operations/retention.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { everySeries } from "../../../lib/usecases/ledger/stored-series.ts";
import { discardMeasurements } from "../../../lib/usecases/operations/discard-measurements.ts";
import { removeOldMeasurements } from "../../../lib/usecases/operations/remove-old-measurements.ts";
import { at, ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { driftingProjects } from "../../support/ledger/verify-projects.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
const ledger = ledgerOf(database);
beforeAll(async () => {
  const metrics = {
    project_vcpu_usage: 1,
    forever: { dip_window: "forever", prices: [1] },
    jobs: { kind: "delta", prices: [1] },
  };
  await applyTariffs(database.pool, parseMetricSettings(JSON.stringify(metrics)), "test");
});

const day = 24 * 60;
const remove = (horizonMinutes: number, shouldStop = () => false) =>
  removeOldMeasurements(retentionPorts(database.pool), at(horizonMinutes), shouldStop);

const drifting = () => driftingProjects(database.pool);

const floorOf = async (projectName: string) => {
  const { rows } = await database.pool.query(
    `select (extract(epoch from floor_time) * 1000)::float8 as time, floor_value::float8 as value,
            floor_usage::float8 as usage
       from series join projects using (project_id) where project_name = $1`,
    [projectName],
  );
  return rows[0]?.time === null
    ? null
    : [(rows[0].time - at(0)) / 60_000, rows[0].value, rows[0].usage];
};

/** 1 unit an hour, measured every quarter, for ten days. */
const tenDays = (projectName: string) =>
  Array.from({ length: 10 * 96 }, (_, step) =>
    measured(projectName, step * 15, (step / 4).toFixed(2)),
  );

test("what is older than the horizon goes, the bill stays, and what comes later is billed from the floor", async () => {
  await ledger.bill(...tenDays("kept"));
  const [used, steps] = [await ledger.used("kept"), await ledger.steps("kept")];
  const removal = await remove(8 * day + 40);
  expect(removal).toMatchObject({ floorsMoved: 1, isFinished: true });
  // Eight of ten days, 120 samples a segment.
  expect(removal.segmentsDeleted).toBe(Math.floor((8 * 96 + 3) / 120));
  // The floor is the last measurement up to the horizon; its hour had used half a unit by then.
  expect(await floorOf("kept")).toEqual([8 * day + 30, 192.5, 0.5]);
  const left = await ledger.stored("kept");
  expect(left.length).toBeLessThanOrEqual(4 * 96 + 10);
  expect(left.at(-1)).toEqual([10 * day - 15, 239.75]);
  expect([await ledger.used("kept"), await ledger.steps("kept")]).toEqual([used, steps]);
  expect(await drifting()).toEqual([]);
  await ledger.bill(measured("kept", 8 * day + 20, "1"), measured("kept", 8 * day + 40, "192.6"));
  await ledger.bill(measured("kept", 10 * day, "240"));
  expect(await ledger.used("kept")).toBe(240);
  expect(await ledger.refused("kept")).toEqual([{ reason: "before-floor", value: 1, count: 1 }]);
  expect(await drifting()).toEqual([]);
});

test("a second run finds nothing to do, a later one goes on, also within the same hour", async () => {
  await ledger.bill(...tenDays("steps"));
  await remove(5 * day + 10);
  expect(await remove(5 * day + 10)).toMatchObject({ floorsMoved: 0, segmentsDeleted: 0 });
  await remove(5 * day + 20);
  await remove(5 * day + 50);
  expect(await floorOf("steps")).toEqual([5 * day + 45, 120.75, 0.75]);
  expect(await drifting()).toEqual([]);
});

test("the floor waits before a drop that a late recovery could still heal", async () => {
  await ledger.bill(measured("waits", 0, "100"), measured("waits", 10, "110"));
  await ledger.bill(measured("waits", 20, "40"), measured("waits", 30, "45"));
  await remove(35);
  expect(await floorOf("waits")).toEqual([10, 110, 10]);
  await ledger.bill(measured("waits", 25, "111"));
  expect(await ledger.used("waits")).toBe(11);
  expect(await drifting()).toEqual([]);
});

test("with a dip window that lasts for ever the floor waits at the highest value", async () => {
  const key = { metric: "forever" };
  await ledger.bill(measured("high", 0, "100", key), measured("high", 10, "110", key));
  await ledger.bill(measured("high", 20, "40", key), measured("high", 5 * day, "50", key));
  await remove(4 * day);
  expect(await floorOf("high")).toEqual([10, 110, 10]);
  await ledger.bill(measured("high", 6 * day, "115", key));
  expect(await ledger.used("high")).toBe(15);
  expect(await drifting()).toEqual([]);
});

test("a delta that became the floor is not counted a second time", async () => {
  const key = { metric: "jobs" };
  await ledger.bill(measured("jobs", 0, "3", key), measured("jobs", 30, "4", key));
  await ledger.bill(measured("jobs", 45, "5", key), measured("jobs", 5 * day, "6", key));
  await remove(40);
  expect(await floorOf("jobs")).toEqual([30, 4, 7]);
  expect(await drifting()).toEqual([]);
  await remove(50);
  expect(await floorOf("jobs")).toEqual([45, 5, 12]);
  expect(await drifting()).toEqual([]);
});

test("a series that ended keeps its last value as a floor and no measurements", async () => {
  await ledger.bill(measured("ended", 0, "3"), measured("ended", 60, "4"));
  await remove(4 * day);
  expect(await floorOf("ended")).toEqual([60, 4, 0]);
  expect(await ledger.stored("ended")).toEqual([]);
  await ledger.bill(measured("ended", 5 * day, "7"));
  expect(await ledger.used("ended")).toBe(4);
  expect(await drifting()).toEqual([]);
});

test("of the segments those go that lie behind the floor as a whole", async () => {
  await ledger.bill(...tenDays("segments"));
  const segments = async () => {
    const { rows } = await database.pool.query(
      `select (extract(epoch from from_time) * 1000)::float8 as from, count
         from segments join series using (series_id) join projects using (project_id)
        where project_name = 'segments' order by 1`,
    );
    return rows.map(({ from, count }) => [(from - at(0)) / 60_000, count]);
  };
  const sealed = (first: number) =>
    Array.from({ length: 7 - first }, (_, index) => [(first + index) * 120 * 15, 120]);
  expect(await segments()).toEqual(sealed(0));
  // The last sample of the second segment is its floor, then the one before the last of the third.
  await remove((2 * 120 - 1) * 15);
  expect(await segments()).toEqual(sealed(2));
  await remove((3 * 120 - 2) * 15);
  expect(await segments()).toEqual(sealed(2));
  expect(await ledger.used("segments")).toBe(239.75);
  expect(await drifting()).toEqual([]);
});

test("where the time is up it stops, and the next run goes on", async () => {
  await ledger.bill(
    ...tenDays("stopped").map((one) => ({ ...one, timeMs: one.timeMs + 40 * 86_400_000 })),
  );
  expect(await remove(60 * day, () => true)).toMatchObject({ floorsMoved: 0, isFinished: false });
  const removal = await remove(60 * day);
  expect([removal.floorsMoved > 0, removal.isFinished]).toEqual([true, true]);
  expect(await ledger.stored("stopped")).toEqual([]);
});

test("a series that is settled began when it began, also where all that is left of it is discarded", async () => {
  await ledger.bill(...tenDays("discarded"));
  await remove(8 * day + 40);
  const [begun] = await ledger.steps("discarded");
  const order = {
    scope: { ...everySeries, projectName: "discarded" },
    range: { fromMs: at(0), untilMs: at(20 * day) },
    actor: "ada",
    reason: "test",
  };
  for await (const one of discardMeasurements(order, discardPorts(database.pool), false)) {
    expect(one.measurements).toBeGreaterThan(0);
  }
  expect((await ledger.steps("discarded"))[0]).toEqual(begun);
});

test("samples that are not settled stay beside those of the same times that are", async () => {
  const dropped = tenDays("still waits").map((one, step) => {
    return { ...one, metric: "forever", value: step === 0 ? "1000" : one.value };
  });
  await ledger.bill(...dropped, ...tenDays("may go"));
  await remove(8 * day + 40);
  expect(await ledger.stored("still waits")).toHaveLength(dropped.length);
  expect((await ledger.stored("may go")).length).toBeLessThan(dropped.length / 2);
});

test("damaged samples of one project keep no other project's from being removed", async () => {
  const later = (projectName: string) =>
    tenDays(projectName).map((one) => ({ ...one, timeMs: one.timeMs + 100 * 86_400_000 }));
  await ledger.bill(...later("a damaged one"), ...later("a sound one"));
  await database.pool.query(
    `update segments set samples = '\\x01' from series join projects using (project_id)
      where segments.series_id = series.series_id and project_name = 'a damaged one'`,
  );
  const removal = await remove(105 * day);
  expect(removal.unreadable).toEqual(["a damaged one"]);
  expect(await floorOf("a damaged one")).toBeNull();
  expect((await floorOf("a sound one"))?.[0]).toBe(105 * day);
});
