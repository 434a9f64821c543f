import { beforeAll, expect, test } from "@jest/globals";
import { PRICE_SCALE, parseDecimal } from "../../../lib/billing/decimal.ts";
import { inTransaction } from "../../../lib/postgres/database/in-transaction.ts";
import { withGrants } from "../../../lib/postgres/grants/grants-and-adjustments.ts";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { withLedger } from "../../../lib/postgres/ledger/billing-ledger.ts";
import { readTariffs } from "../../../lib/postgres/ledger/tariffs.ts";
import { reratePorts } from "../../../lib/postgres/operations/rerate.ts";
import { retentionPorts } from "../../../lib/postgres/operations/retention.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { setGrant } from "../../../lib/usecases/grants/set-grant.ts";
import { removeOldMeasurements } from "../../../lib/usecases/operations/remove-old-measurements.ts";
import { rerate } from "../../../lib/usecases/operations/rerate.ts";
import { isBlocked } from "../../support/is-blocked.ts";
import { billMeasurements } from "../../support/ledger/bill-measurements.ts";
import { at, ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
const ledger = ledgerOf(database);
const price = (credits: number) =>
  applyTariffs(
    database.pool,
    parseMetricSettings(JSON.stringify({ project_vcpu_usage: credits })),
    "test",
  );
beforeAll(() => price(1));

/** Bills a measurement in a transaction that has locked the project before `work` began, and still holds it. */
async function billWhileWaiting(
  projectName: string,
  late: readonly [minutes: number, value: string],
  work: () => Promise<unknown>,
): Promise<void> {
  let working: Promise<unknown> = Promise.resolve();
  await withLedger(database.pool)(async (billing) => {
    await billing.lock([{ name: "known", key: measured(projectName, 0, "0") }]);
    working = work();
    expect(await isBlocked(database.pool, working)).toBe(true);
    await billMeasurements([measured(projectName, ...late)], (booking) => booking(billing));
  });
  await working;
}

const rise = (projectName: string) =>
  ledger.bill(...[0, 60, 120, 180].map((minutes) => measured(projectName, minutes, `${minutes}`)));

test("a re-rating of a project reads it after the biller that holds it", async () => {
  await rise("re-rated");
  const credits = parseDecimal("3", PRICE_SCALE);
  const order = {
    scope: { projectName: "re-rated", site: null },
    sinceMs: at(0),
    prices: [{ metric: "project_vcpu_usage", credits, fromMs: at(0) }],
    actor: "ada",
    reason: "test",
  };
  const ports = reratePorts(database.pool);
  // It has begun before: only the project is left, and no tariff is to be locked.
  for await (const _ of rerate(order, ports, { dryRun: false, shouldStop: () => true }));
  const rerating = async () => {
    for await (const _ of rerate(order, ports, { dryRun: true, shouldStop: () => false }));
  };
  await billWhileWaiting("re-rated", [240, "240"], rerating);
  for await (const _ of rerate(order, ports, { dryRun: false, shouldStop: () => false }));
  expect(await ledger.used("re-rated")).toBe(3 * 240);
});

test("retention settles a project as the biller leaves it that holds it", async () => {
  await rise("settled");
  const removing = () => removeOldMeasurements(retentionPorts(database.pool), at(150), () => false);
  await billWhileWaiting("settled", [90, "61"], removing);
  await ledger.bill(measured("settled", 240, "240"));
  expect(await ledger.used("settled")).toBe(240);
});

test("a grant that waits for the same grant sees that nothing is left to change", async () => {
  await ledger.bill(measured("granted", 0, "0"));
  const grant = () => {
    const order = { projectName: "granted", grantedCredits: "100", actor: "ada", reason: "test" };
    return setGrant(order, null, withGrants(database.pool));
  };
  let second: Promise<unknown> = Promise.resolve();
  await withGrants(database.pool)("granted", async (grants) => {
    const order = { projectName: "granted", grantedCredits: "100", actor: "eve", reason: "first" };
    second = grant();
    expect(await isBlocked(database.pool, second)).toBe(true);
    await grants.grant(order);
  });
  expect(await second).toMatchObject({ actor: "eve" });
  const { rows } = await database.pool.query("select actor from grants");
  expect(rows).toEqual([{ actor: "eve" }]);
});

test("a new price waits for the biller that has read the old one, and comes after what it bills", async () => {
  let pricing: Promise<unknown> = Promise.resolve();
  await inTransaction(database.pool, async (client) => {
    await readTariffs(client);
    pricing = price(2);
    expect(await isBlocked(database.pool, pricing)).toBe(true);
  });
  expect(await pricing).toBe(1);
});
