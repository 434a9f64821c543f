import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { formatDecimal, parseDecimal, VALUE_SCALE } from "../../../lib/billing/decimal.ts";
import type { SeriesKey } from "../../../lib/billing/measurement.ts";
import type { Sample } from "../../../lib/billing/sample.ts";
import { withLedger } from "../../../lib/postgres/ledger/billing-ledger.ts";
import { decodeSegment } from "../../../lib/segments/decode.ts";
import { segmentSamplesMax } from "../../../lib/segments/segment-size.ts";
import { isDrifting } from "../../../lib/usecases/operations/verify-ledger.ts";
import { billMeasurements } from "../../support/ledger/bill-measurements.ts";
import { DatabaseWorld } from "../../support/ledger/database-world.ts";
import { readLedgerState } from "../../support/ledger/ledger-state.ts";
import { longStories } from "../../support/ledger/long-stories.ts";
import type { SentMeasurement } from "../../support/ledger/many-series.ts";
import {
  discards,
  operate,
  removals,
  rerates,
  type Story,
} from "../../support/ledger/operations.ts";
import { referenceBill } from "../../support/ledger/reference-billing.ts";
import { ReferenceSamples, readVersions } from "../../support/ledger/reference-samples.ts";
import { toHourlyCosts } from "../../support/ledger/scaled.ts";
import { verifyProjects } from "../../support/ledger/verify-projects.ts";
import { propertyRuns } from "../../support/properties.ts";
import { emptyTables } from "../../support/servers/empty-tables.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
let tries = 0;

interface SegmentRow {
  readonly name: string;
  readonly from_ms: number;
  readonly until_ms: number;
  readonly count: number;
  readonly samples: Buffer;
}

/** All segments by the names of their series, sealed ones in the order of time and then the open one. */
async function readSegments(): Promise<ReadonlyMap<string, readonly SegmentRow[]>> {
  const { rows } = await database.pool.query<SegmentRow>(`
    select concat_ws('/', project_name, metric, site, resource) as name,
           (extract(epoch from from_time) * 1000)::float8 as from_ms,
           (extract(epoch from until_time) * 1000)::float8 as until_ms,
           count, samples
      from (
             select series_id, from_time, until_time, count, samples, false as is_open
               from segments
              union all
             select series_id, segment_from, last_time, segment_count, segment, true
               from series_heads
              where segment_count > 0
           ) as stored
      join series using (series_id)
      join projects using (project_id)
     order by name, is_open, from_time`);
  return Map.groupBy(rows, ({ name }) => name);
}

interface FloorRow {
  readonly name: string;
  readonly floor_ms: number | null;
  readonly floor_value: string;
}

async function readFloors(): Promise<ReadonlyMap<string, Sample>> {
  const { rows } = await database.pool.query<FloorRow>(`
    select concat_ws('/', project_name, metric, site, resource) as name,
           (extract(epoch from floor_time) * 1000)::float8 as floor_ms, floor_value
      from series
      join projects using (project_id)`);
  return new Map(
    rows.flatMap(({ name, floor_ms, floor_value }) =>
      floor_ms === null
        ? []
        : [[name, { timeMs: floor_ms, value: parseDecimal(floor_value, VALUE_SCALE) }]],
    ),
  );
}

/** The times of each segment are those of its samples, and later than those of the one before. */
function decodeAll(segments: readonly SegmentRow[]): readonly Sample[] {
  let earlierMs = Number.NEGATIVE_INFINITY;
  return segments.flatMap(({ from_ms, until_ms, count, samples }) => {
    const decoded = decodeSegment(samples, count);
    expect(count).toBeLessThanOrEqual(segmentSamplesMax);
    expect([decoded[0]?.timeMs, decoded.at(-1)?.timeMs]).toEqual([from_ms, until_ms]);
    expect(from_ms).toBeGreaterThan(earlierMs);
    earlierMs = until_ms;
    return decoded;
  });
}

async function expectSamples(world: DatabaseWorld, reference: ReferenceSamples): Promise<number> {
  const segments = await readSegments();
  const floors = await readFloors();
  let sealed = 0;
  for (const key of reference.keys) {
    const name = nameOf(world, key);
    const own = segments.get(name) ?? [];
    const floor = floors.get(name);
    const stored = decodeAll(own).filter(({ timeMs }) => timeMs > (floor?.timeMs ?? -Infinity));
    // The floor itself stands with its series: the segment that held it may be deleted.
    const left = floor === undefined ? stored : [floor, ...stored];
    expect({ name, samples: left }).toEqual({ name, samples: reference.samplesOf(key) });
    sealed += own.length - 1;
  }
  return sealed;
}

async function expectLedgerOfSamples(world: DatabaseWorld): Promise<void> {
  for (const project of ["genomics", "proteomics"]) {
    const found = await verifyProjects(database.pool, world.name(project));
    expect(found.filter(isDrifting)).toEqual([]);
  }
  const { rows } = await database.pool.query(
    "select series_id, hour from hourly_costs group by series_id, hour having count(*) > 1",
  );
  expect(rows).toEqual([]);
}

/** Where nothing but discards happened, the ledger is the reference's bill, too. */
async function expectBills(
  world: DatabaseWorld,
  { sent, operations }: Story,
  reference: ReferenceSamples,
): Promise<void> {
  if ([...operations.values()].some(({ kind }) => kind !== "discard")) return;
  const bills = reference.keys.map((key): [string, unknown] => {
    const samples = reference
      .samplesOf(key)
      .map(({ timeMs, value }) => ({ timeMs, value: formatDecimal(value, VALUE_SCALE) }));
    const bill = referenceBill(samples, sent.tariffOf(key.metric));
    return [JSON.stringify(key), toHourlyCosts(bill)];
  });
  const state = await readLedgerState(database.pool);
  expect(await world.hoursOf(reference.keys, state)).toEqual(new Map(bills));
}

/** Sends once more all that is stored and not settled yet. */
async function expectRedeliveryWritesNothing(
  world: DatabaseWorld,
  reference: ReferenceSamples,
): Promise<void> {
  const floors = await readFloors();
  const stored = reference.keys.flatMap((key) =>
    reference
      .samplesOf(key)
      .filter(({ timeMs }) => timeMs !== floors.get(nameOf(world, key))?.timeMs)
      .map(({ timeMs, value }): SentMeasurement => {
        return { key, sample: { timeMs, value: formatDecimal(value, VALUE_SCALE) } };
      }),
  );
  const before = await readVersions(database.pool);
  await bill(world, stored);
  expect(await readVersions(database.pool)).toEqual(before);
}

function nameOf(world: DatabaseWorld, key: SeriesKey): string {
  const { projectName, metric, site, resource } = world.key(key);
  return [projectName, metric, site, resource].join("/");
}

const bill = (world: DatabaseWorld, batch: readonly SentMeasurement[]) =>
  billMeasurements(
    batch.map((one) => world.measurement(one)),
    withLedger(database.pool),
  );

/** Returns how many segments were sealed at most. */
async function play(story: Story): Promise<number> {
  tries += 1;
  const world = new DatabaseWorld(database.pool, `${tries}`);
  const reference = new ReferenceSamples();
  await emptyTables(database.pool, "projects", "segments", "daily_costs", "rerates");
  await world.applyTariffs(story.sent);
  let sealed = 0;
  for (const [index, batch] of [...story.sent.batches, []].entries()) {
    const operation = story.operations.get(index);
    if (operation !== undefined) {
      await operate(database.pool, world, operation);
      reference.operate(operation);
      const floors = await readFloors();
      for (const key of reference.keys) {
        const floor = floors.get(nameOf(world, key));
        if (floor !== undefined) reference.moveFloor(key, floor.timeMs);
      }
      sealed = Math.max(sealed, await expectSamples(world, reference));
      await expectLedgerOfSamples(world);
    }
    await bill(world, batch);
    for (const one of batch) reference.send(one);
  }
  sealed = Math.max(sealed, await expectSamples(world, reference));
  await expectLedgerOfSamples(world);
  await expectBills(world, story, reference);
  await expectRedeliveryWritesNothing(world, reference);
  return sealed;
}

const runs = 25;

async function expectStories(operation: Parameters<typeof longStories>[0]): Promise<void> {
  let sealed = 0;
  const property = fc.asyncProperty(longStories(operation), async (story) => {
    sealed += await play(story);
  });
  const parameters = propertyRuns<[Story]>(runs);
  await fc.assert(property, parameters);
  // A property in which hardly a segment is sealed says little; there are about four a story. A replay is one story.
  if (parameters.numRuns === runs) expect(sealed).toBeGreaterThan(runs);
}

test("bookings and discards in any order leave the samples, the segments and the bill of the reference", async () => {
  await expectStories(discards);
}, 600_000);

test("bookings, discards, retention and re-ratings in any order leave the samples and f of them", async () => {
  await expectStories(fc.oneof(discards, rerates, removals));
}, 600_000);
