import { beforeAll, expect, test } from "@jest/globals";
import type pg from "pg";
import { inTransaction } from "../../../lib/postgres/database/in-transaction.ts";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { readSegmentsAt, readWindows } from "../../../lib/postgres/ledger/read-samples.ts";
import { readProjectSeries } from "../../../lib/postgres/ledger/stored-series.ts";
import { selectSegmentRecords } from "../../../lib/postgres/operations/queries/select-segment-records.ts";
import { storedSamples } from "../../../lib/postgres/reading/stored-samples.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { everySeries } from "../../../lib/usecases/ledger/stored-series.ts";
import { at, ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
const projectName = "rewritten";
const minutes = Array.from({ length: 500 }, (_, index) => index * 2);
const late = [1, 201, 401];

/** Late samples come from the last to the first, so that the segments lie in the table the other way round. */
beforeAll(async () => {
  await applyTariffs(database.pool, parseMetricSettings('{"project_vcpu_usage": 1}'), "test");
  const ledger = ledgerOf(database);
  await ledger.bill(...minutes.map((one) => measured(projectName, one, String(one))));
  for (const one of late.toReversed()) await ledger.bill(measured(projectName, one, String(one)));
});

const ascending = [...minutes, ...late].sort((a, b) => a - b).map(at);
const timesOf = (samples: readonly { readonly timeMs: number }[]) =>
  samples.map(({ timeMs }) => timeMs);

/** The series, on a connection whose planner finds rows in the order in which they lie in the table. */
const reading = <T>(work: (client: pg.ClientBase, seriesId: number) => Promise<T>): Promise<T> =>
  inTransaction(database.pool, async (client) => {
    for (const way of ["indexscan", "indexonlyscan", "bitmapscan", "mergejoin", "nestloop"]) {
      await client.query(`set local enable_${way} = off`);
    }
    const [series] = await readProjectSeries(client, projectName, everySeries);
    return work(client, series?.seriesId ?? 0);
  });

test("the segments do not lie in the order of time", async () => {
  const { rows } = await database.pool.query("select from_time from segments order by ctid");
  const times = rows.map((row) => row.from_time.getTime());
  expect(times).not.toEqual(times.toSorted((a, b) => a - b));
});

test("windows are read in the order of time, whatever the plan", async () => {
  const request = { fromMs: at(3), toMs: null };
  const windows = await reading((client, seriesId) =>
    readWindows(client, [
      { ...request, seriesId, fromMs: null },
      { ...request, seriesId },
    ]),
  );
  expect(windows.map(({ read }) => timesOf(read))).toEqual([ascending, ascending.slice(2)]);
});

test("segments of given instants are read in the order of time, whatever the plan", async () => {
  const segments = await reading(async (client, seriesId) => {
    const timesMs = ascending.toReversed();
    return (await readSegmentsAt(client, [{ seriesId, timesMs }])).get(seriesId) ?? [];
  });
  expect(timesOf(segments.flatMap(({ samples }) => samples))).toEqual(ascending);
});

test("samples are handed out in the order of time, whatever the plan", async () => {
  const bounds = { fromMs: 0, untilMs: at(10_000) };
  const samples = await reading(async (client) => {
    const read = [];
    for await (const page of storedSamples(client, projectName, everySeries, bounds))
      read.push(page);
    return read.flat();
  });
  expect(timesOf(samples)).toEqual(ascending);
});

test("a verification is given segments in the order of time, whatever the plan", async () => {
  const records = await reading((client, seriesId) => selectSegmentRecords(client, seriesId, null));
  const times = records.map((record) => record.from_ms);
  expect(times.length).toBeGreaterThan(4);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});
