import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { withLedger } from "../../../lib/postgres/ledger/billing-ledger.ts";
import { ConversionUnfinished, migrate, readMigrations } from "../../../lib/postgres/migrate.ts";
import { readProjectCredits } from "../../../lib/postgres/reading/credits.ts";
import { Unavailable } from "../../../lib/usecases/unavailable.ts";
import { lambdaContext } from "../../support/http-event.ts";
import { billMeasurements } from "../../support/ledger/bill-measurements.ts";
import { DatabaseWorld } from "../../support/ledger/database-world.ts";
import { measured } from "../../support/ledger/ledger-fixture.ts";
import {
  discards,
  operate,
  removals,
  rerates,
  type Story,
  stories,
} from "../../support/ledger/operations.ts";
import { createRowsDatabase, insertLongSeries } from "../../support/ledger/rows-database.ts";
import { readStoredWorld } from "../../support/ledger/stored-world.ts";
import { driftingProjects } from "../../support/ledger/verify-projects.ts";
import { randomOf } from "../../support/random.ts";
import { createMigratedDatabase, type TestDatabase } from "../../support/servers/database.ts";
import { migrationsDirectory } from "../../support/servers/template-database.ts";

// CRASH_SEED repeats a run: what is stored, and when it is killed, follow from it.
const seed = Number(process.env["CRASH_SEED"] ?? Date.now() % 1_000_000);
const random = randomOf(seed);

/** As the conversion must leave it: billed by today's code, and stored by it. */
let wanted: TestDatabase;
let played: readonly { readonly story: Story; readonly world: DatabaseWorld }[];
const migrations = await readMigrations(migrationsDirectory);

beforeAll(async () => {
  wanted = await createMigratedDatabase();
  const operation = fc.oneof(discards, rerates, removals);
  const told = fc.sample(stories(operation).map(withoutMaxRates), { numRuns: 10, seed });
  played = told.map((story, index) => {
    return { story, world: new DatabaseWorld(wanted.pool, `${index}`) };
  });
  for (const { story, world } of played) {
    await world.applyTariffs(story.sent);
    for (const [index, batch] of [...story.sent.batches, []].entries()) {
      const operation = story.operations.get(index);
      if (operation !== undefined) await operate(wanted.pool, world, operation);
      await bill(
        wanted,
        batch.map((one) => world.measurement(one)),
      );
    }
  }
  const [{ story, world }] = played as [(typeof played)[number]];
  const metric = world.name(story.sent.metrics[0] ?? "");
  await bill(wanted, [
    measured("digits", 0, "99999999999999.123456789012345678901234567891", { metric }),
    measured("digits", 1, "99999999999999.123456789012345678901234567892", { metric }),
  ]);
  // Without series; without measurements.
  await wanted.pool.query("insert into projects (project_name) values ('empty'), ('nothing')");
  await wanted.pool.query(
    `with unmeasured as (
       insert into series (project_id, metric, site, resource)
       select project_id, 'jobs', '', '' from projects where project_name = 'nothing'
       returning series_id
     )
     insert into series_heads (series_id) select series_id from unmeasured`,
  );
}, 120_000);
afterAll(async () => wanted[Symbol.asyncDispose]());

/** Nothing was ever held back while there were rows. */
function withoutMaxRates({ sent, operations }: Story): Story {
  const tariffOf = (metric: string) => {
    const tariff = sent.tariffOf(metric);
    return { ...tariff, periods: tariff.periods.map((one) => ({ ...one, maxRate: null })) };
  };
  return { sent: { ...sent, tariffOf }, operations };
}

const bill = ({ pool }: TestDatabase, measurements: Parameters<typeof billMeasurements>[0]) =>
  billMeasurements(measurements, withLedger(pool));

/** Everything once more, and a little after it. */
async function billOn(database: TestDatabase): Promise<void> {
  for (const { story, world } of played) {
    for (const batch of story.sent.batches) {
      const again = batch.map((one) => world.measurement(one));
      const later = again.map((one) => ({ ...one, timeMs: one.timeMs + 90_000_000 }));
      await bill(database, again);
      await bill(database, later);
    }
  }
}

test(`two that convert at once lose nothing, and billing goes on as if there had been no rows (CRASH_SEED=${seed})`, async () => {
  await using database = await createRowsDatabase(wanted.pool);
  const before = await readStoredWorld(wanted.pool);
  expect(before.samples.size).toBeGreaterThan(20);
  const applied = await Promise.all([1, 2].map(() => migrate(database.pool, migrations)));
  expect(applied.flat().sort()).toEqual(migrations.slice(8).map(({ name }) => name));
  expect(await readStoredWorld(database.pool)).toEqual(before);
  expect(await driftingProjects(database.pool)).toEqual([]);
  await Promise.all([billOn(database), billOn(wanted)]);
  expect(await readStoredWorld(database.pool)).toEqual(await readStoredWorld(wanted.pool));
  expect(await driftingProjects(database.pool)).toEqual([]);
}, 120_000);

const command = new URL("../../../lib/commands/migrate.ts", import.meta.url).pathname;
const longFromMs = Date.UTC(2026, 9, 1);
// The first day takes more than one step of the conversion.
const longCount = 86_400 + 4_077;

const startMigrating = ({ url }: TestDatabase) =>
  spawn(process.execPath, [command], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env["PATH"],
      DATABASE_URL: url,
      METRICS_TO_BILL: '{"long_usage": 1}',
    },
  });

/** Rises with every step of the conversion; undefined where all steps are done. */
async function stepsDone({ pool }: TestDatabase): Promise<number | undefined> {
  const { rows } = await pool.query(
    "select to_regclass('converted_heads') is not null as begun, to_regclass('series_heads') is not null as done",
  );
  if (rows[0].done) return undefined;
  if (!rows[0].begun) return 0;
  const counted = await pool.query(
    "select (select count(*) from daily_costs)::int + (select count(*) from segments)::int as steps",
  );
  return counted.rows[0].steps;
}

test(`a conversion that is killed again and again loses nothing (CRASH_SEED=${seed})`, async () => {
  await using database = await createRowsDatabase(wanted.pool);
  const before = await readStoredWorld(wanted.pool);
  const long = ["long one", "long two"];
  for (const name of long) {
    await insertLongSeries(database.pool, name, { fromMs: longFromMs, count: longCount });
  }
  let killed = 0;
  for (let steps: number | undefined = 0; steps !== undefined && killed < 8; killed++) {
    const begun: number = steps;
    const migrating = startMigrating(database);
    const ended = once(migrating, "exit");
    while (steps === begun && migrating.exitCode === null) {
      await sleep(1);
      steps = await stepsDone(database);
    }
    await sleep(random(40));
    migrating.kill("SIGKILL");
    await ended;
    steps = await stepsDone(database);
  }
  expect(killed).toBeGreaterThan(3);
  const migrating = startMigrating(database);
  expect(await once(migrating, "exit")).toEqual([0, null]);

  const { samples, hours, usedCredits } = await readStoredWorld(database.pool);
  const unit = 10n ** 30n;
  const longSamples = Array.from({ length: longCount }, (_, n) => {
    return `${longFromMs + n * 1_000} ${BigInt(n) * unit}`;
  });
  const fullHours = Math.floor((longCount - 1) / 3_600);
  const longHours = [...Array<number>(fullHours).fill(3_600), (longCount - 1) % 3_600];
  for (const name of long) {
    expect(samples.get(JSON.stringify([name, "long_usage", "8676", ""]))).toEqual(longSamples);
    const used = hours.get(`${name}/long_usage/8676/`)?.values() ?? [];
    expect([...used].map(({ usage }) => Number(usage / unit))).toEqual(longHours);
  }
  const withoutLong = <Value>(map: ReadonlyMap<string, Value>) =>
    new Map([...map].filter(([key]) => !/\blong (one|two)\b/.test(key)));
  expect({
    samples: withoutLong(samples),
    hours: withoutLong(hours),
    usedCredits: withoutLong(usedCredits),
  }).toEqual(before);
  expect(await driftingProjects(database.pool)).toEqual([]);
}, 240_000);

test("while it is under way messages wait, reads answer that the database is away, and it can be stopped", async () => {
  await using database = await createRowsDatabase(wanted.pool);
  const before = await readStoredWorld(wanted.pool);
  const told: string[] = [];
  const stopped = migrate(database.pool, migrations, {
    shouldStop: () => true,
    onProgress: ({ day, lastDay }) => told.push(`${day}, of ${lastDay}`),
  });
  await expect(stopped).rejects.toThrow(ConversionUnfinished);
  await expect(stopped).rejects.toThrow(
    /^what is stored is converted up to 2026-11-\d\d, of 2026-11-\d\d: migrate again to go on$/,
  );
  expect(told).toHaveLength(1);
  for (const blocked of [
    bill(database, [measured("digits", 2, "3"), measured("new", 2, "3")]),
    readProjectCredits(database.pool, "digits"),
  ]) {
    await expect(blocked).rejects.toThrow(Unavailable);
    await expect(blocked).rejects.toThrow(/^the database is being migrated, or has to be/);
  }
  await migrate(database.pool, migrations);
  expect(await readStoredWorld(database.pool)).toEqual(before);
}, 60_000);

test("the function stops while there is time to end, and is invoked again to go on", async () => {
  await using database = await createRowsDatabase(wanted.pool);
  const before = await readStoredWorld(wanted.pool);
  Object.assign(process.env, {
    DATABASE_URL: database.url,
    METRICS_TO_BILL: '{"long_usage": 1}',
    LOG_LEVEL: "silent",
  });
  const { handler } = await import("../../../functions/migrate-database.ts");
  const invoke = (leftMs: number) =>
    handler(undefined, { ...lambdaContext, getRemainingTimeInMillis: () => leftMs });
  await expect(invoke(59_000)).rejects.toThrow(/migrate again to go on$/);
  const left = migrations.slice(9).map(({ name }) => name);
  expect(await invoke(61_000)).toEqual({ migrations: left, tariffs: 1 });
  expect(await readStoredWorld(database.pool)).toEqual(before);
}, 60_000);

test("Ctrl-C ends the command after the step that is under way, and says how to go on", async () => {
  await using database = await createRowsDatabase(wanted.pool);
  await insertLongSeries(database.pool, "long", { fromMs: longFromMs, count: 2 * longCount });
  const migrating = startMigrating(database);
  const output = text(migrating.stderr);
  while ((await stepsDone(database)) === 0) await sleep(1);
  migrating.kill("SIGINT");
  expect(await once(migrating, "exit")).toEqual([1, null]);
  expect(await output).toMatch(
    /^stopping .*\nconverting 2026-\d\d-\d\d, of 2026-11-\d\d: \d+ samples in this run\nwhat is stored is converted up to 2026-\d\d-\d\d, of 2026-11-\d\d: migrate again to go on\n$/,
  );
}, 60_000);

test("a series that does not end with its measurements is named, and nothing is changed", async () => {
  await using database = await createRowsDatabase(wanted.pool);
  const seriesId = await insertLongSeries(database.pool, "long", { fromMs: longFromMs, count: 10 });
  const migrated = () => migrate(database.pool, migrations);
  const move = (minutes: number) =>
    database.pool.query(
      "update series set last_time = last_time + $2 * interval '1 minute' where series_id = $1",
      [seriesId, minutes],
    );
  await move(-1);
  await expect(migrated()).rejects.toThrow(`series ${seriesId} does not end with the last`);
  await database.pool.query("select from measurements, hourly_costs limit 1");
  await move(1);
  expect(await migrated()).toEqual(migrations.slice(8).map(({ name }) => name));
});
