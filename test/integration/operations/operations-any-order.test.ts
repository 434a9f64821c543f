import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { SeriesKey } from "../../../lib/billing/measurement.ts";
import { withLedger } from "../../../lib/postgres/ledger/billing-ledger.ts";
import { readExplainedHour } from "../../../lib/postgres/reading/explained-hour.ts";
import { everySeries } from "../../../lib/usecases/ledger/stored-series.ts";
import { isDrifting } from "../../../lib/usecases/operations/verify-ledger.ts";
import { billMeasurements } from "../../support/ledger/bill-measurements.ts";
import { DatabaseWorld } from "../../support/ledger/database-world.ts";
import { readLedgerState } from "../../support/ledger/ledger-state.ts";
import type { ManySeries, SentMeasurement } from "../../support/ledger/many-series.ts";
import {
  decisions,
  discards,
  type Operation,
  operate,
  removals,
  rerates,
  type Story,
  stories,
} from "../../support/ledger/operations.ts";
import {
  type PlainSample,
  type PlainTariff,
  referenceBill,
} from "../../support/ledger/reference-billing.ts";
import { toHourlyCosts, totalOf } from "../../support/ledger/scaled.ts";
import { verifyProjects } from "../../support/ledger/verify-projects.ts";
import { propertyRuns } from "../../support/properties.ts";
import { emptyTables } from "../../support/servers/empty-tables.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
let tries = 0;

async function play(
  { sent, operations }: Story,
  afterEach: (world: DatabaseWorld, operation: Operation) => Promise<void> = async () => {},
): Promise<DatabaseWorld> {
  tries += 1;
  const world = new DatabaseWorld(database.pool, `${tries}`);
  // Retention and a re-rating of everything are about every project that there is.
  await emptyTables(database.pool, "projects", "segments", "daily_costs", "rerates");
  await world.applyTariffs(sent);
  for (const [index, batch] of [...sent.batches, []].entries()) {
    const operation = operations.get(index);
    if (operation !== undefined) {
      await operate(database.pool, world, operation);
      await afterEach(world, operation);
    }
    const measurements = batch.map((one: SentMeasurement) => world.measurement(one));
    await billMeasurements(measurements, withLedger(database.pool));
  }
  return world;
}

async function expectNoDrift(world: DatabaseWorld): Promise<void> {
  for (const name of ["genomics", "proteomics"]) {
    const found = await verifyProjects(database.pool, world.name(name));
    expect(found.filter(isDrifting)).toEqual([]);
    await expectExplained(world.name(name));
  }
}

/** Some hours of the project: what explains each must add up to what the ledger has, series by series. */
async function expectExplained(projectName: string): Promise<void> {
  const { rows } = await database.pool.query<{ hour_ms: number }>(
    `select distinct round(date_part('epoch', hour) * 1000) as hour_ms
       from projects join series using (project_id) join hourly_costs using (series_id)
      where project_name = $1 order by 1`,
    [projectName],
  );
  const every = Math.ceil(rows.length / 4);
  for (const [index, { hour_ms: hour }] of rows.entries()) {
    if (index % every !== 0 && index !== rows.length - 1) continue;
    const scope = { ...everySeries, projectName };
    const { series } = await readExplainedHour(database.pool, projectName, scope, hour);
    expect(series.length).toBeGreaterThan(0);
    for (const { billed, parts, measurements } of series) {
      if (measurements === "removed") continue;
      expect({
        usage: parts.reduce((sum, { usage }) => sum + usage, 0n),
        credits: parts.reduce((sum, { credits }) => sum + credits, 0n),
      }).toEqual(billed);
    }
  }
}

/** The reference's bill for what is left of each series must be the ledger's, and add up. */
async function expectBills(
  world: DatabaseWorld,
  { series, tariffOf }: ManySeries,
  leftOf: (key: SeriesKey, sent: readonly PlainSample[]) => readonly PlainSample[],
  changed: (key: SeriesKey, tariff: PlainTariff) => PlainTariff = (_, tariff) => tariff,
): Promise<void> {
  const state = await readLedgerState(database.pool);
  const bills = series.map(({ key, sent }) => {
    const tariff = changed(key, tariffOf(key.metric));
    return { key, bill: toHourlyCosts(referenceBill(leftOf(key, sent), tariff)) };
  });
  const keys = bills.map(({ key }) => key);
  expect(await world.hoursOf(keys, state)).toEqual(
    new Map(bills.map(({ key, bill }) => [JSON.stringify(key), bill])),
  );
  for (const name of new Set(keys.map(({ projectName }) => projectName))) {
    const own = bills.filter(({ key }) => key.projectName === name);
    const credits = own.reduce((sum, { bill }) => sum + totalOf(bill).credits, 0n);
    expect(await world.usedCredits(name, state)).toBe(credits);
  }
}

test("what is discarded costs what it would cost had it never been sent, however it is delivered", async () => {
  const property = fc.asyncProperty(stories(discards), async (story) => {
    // A discard is about the series that there are: so all of them send something first.
    const first = story.sent.series.flatMap(({ key, sent }) =>
      sent.slice(0, 1).map((sample): SentMeasurement => ({ key, sample })),
    );
    const sent = { ...story.sent, batches: [first, ...story.sent.batches] };
    const operations = new Map([...story.operations].map(([at, one]) => [at + 1, one]));
    const world = await play({ sent, operations }, expectNoDrift);
    const isLeft = ({ projectName, site }: SeriesKey, { timeMs }: PlainSample) =>
      [...operations.values()].every(
        (one) =>
          one.kind !== "discard" ||
          one.project !== projectName ||
          (one.site !== null && one.site !== site) ||
          timeMs < one.fromMs ||
          timeMs > one.untilMs,
      );
    await expectBills(world, sent, (key, samples) => samples.filter((one) => isLeft(key, one)));
  });
  await fc.assert(property, propertyRuns(50));
}, 600_000);

test("retention changes no bill, as long as nothing late arrives behind a floor", async () => {
  const inOrder = stories(removals).map(({ sent, operations }): Story => {
    const all = sent.batches.flat().toSorted((a, b) => a.sample.timeMs - b.sample.timeMs);
    const size = Math.ceil(all.length / Math.max(1, sent.batches.length));
    const batches = sent.batches.map((_, at) => all.slice(at * size, (at + 1) * size));
    // Nothing that is still to come lies before the horizon.
    const horizonAt = (at: number) =>
      Math.min(
        ...batches
          .slice(at)
          .flat()
          .map(({ sample }) => sample.timeMs - 1),
        Number.MAX_SAFE_INTEGER,
      );
    const bounded = [...operations].map(([at, one]): [number, Operation] => [
      at,
      one.kind === "remove" ? { ...one, horizonMs: Math.min(one.horizonMs, horizonAt(at)) } : one,
    ]);
    return { sent: { ...sent, batches }, operations: new Map(bounded) };
  });
  const property = fc.asyncProperty(inOrder, async (story) => {
    const world = await play(story, expectNoDrift);
    await expectBills(world, story.sent, (_, samples) => samples);
    await expectNoDrift(world);
  });
  await fc.assert(property, propertyRuns(50));
}, 600_000);

test("after each operation of any kind, stopped or not, the ledger is f of what is stored", async () => {
  const any = fc.oneof(discards, rerates, removals, decisions);
  const property = fc.asyncProperty(stories(any), async (story) => {
    const world = await play(story, expectNoDrift);
    await expectNoDrift(world);
  });
  await fc.assert(property, propertyRuns(50));
}, 600_000);

test("decisions on held increases are data: the bill is the reference's, whenever they were taken", async () => {
  const property = fc.asyncProperty(stories(decisions), async (story) => {
    const world = await play(story, expectNoDrift);
    const taken = await world.holdDecisions();
    const decided = (key: SeriesKey, tariff: PlainTariff): PlainTariff => ({
      ...tariff,
      holdDecisions: taken.get(JSON.stringify(world.key(key))) ?? [],
    });
    await expectBills(world, story.sent, (_, samples) => samples, decided);
  });
  await fc.assert(property, propertyRuns(50));
}, 600_000);

test("a finished re-rating costs what it would have cost at its prices from the start", async () => {
  const finished = rerates.map((one): Operation => ({ ...one, stopped: false }));
  const property = fc.asyncProperty(stories(finished), async (story) => {
    const world = await play(story, expectNoDrift);
    const ratings = [...story.operations].sort(([a], [b]) => a - b).map(([, one]) => one);
    const changed = ({ projectName }: SeriesKey, tariff: PlainTariff) =>
      ratings.reduce((one, rating) => {
        const concerns =
          rating.kind === "rerate" && (rating.project ?? projectName) === projectName;
        return concerns ? priced(one, rating.sinceMs, rating.credits) : one;
      }, tariff);
    await expectBills(world, story.sent, (_, samples) => samples, changed);
  });
  await fc.assert(property, propertyRuns(50));
}, 600_000);

/** The tariff with another price from an instant on, until the next start; its rules are the general ones. */
function priced({ kind, periods }: PlainTariff, fromMs: number, credits: string): PlainTariff {
  const rules = periods.findLast((one) => one.fromMs <= fromMs) ?? periods[0];
  const others = periods.filter((one) => one.fromMs !== fromMs);
  const added = rules === undefined ? [] : [{ ...rules, fromMs, credits }];
  return { kind, periods: [...others, ...added].sort((a, b) => (a.fromMs < b.fromMs ? -1 : 1)) };
}
