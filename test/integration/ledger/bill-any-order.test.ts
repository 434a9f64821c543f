import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { withLedger } from "../../../lib/postgres/ledger/billing-ledger.ts";
import { billMeasurements } from "../../support/ledger/bill-measurements.ts";
import { DatabaseWorld } from "../../support/ledger/database-world.ts";
import { readLedgerState } from "../../support/ledger/ledger-state.ts";
import { manySeries } from "../../support/ledger/many-series.ts";
import { referenceBill } from "../../support/ledger/reference-billing.ts";
import { toHourlyCosts, totalOf } from "../../support/ledger/scaled.ts";
import { propertyRuns } from "../../support/properties.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
let tries = 0;

test("the database bills what the reference bills, in any order, in any batches, however often", async () => {
  const property = fc.asyncProperty(manySeries(), async (sent) => {
    tries += 1;
    const world = new DatabaseWorld(database.pool, `any order ${tries}`);
    await world.applyTariffs(sent);
    for (const batch of sent.batches) {
      const measurements = batch.map((one) => world.measurement(one));
      await billMeasurements(measurements, withLedger(database.pool));
    }
    const state = await readLedgerState(database.pool);
    const expected = sent.series.map((one) => {
      const bill = toHourlyCosts(referenceBill(one.sent, sent.tariffOf(one.key.metric)));
      return { key: one.key, bill };
    });
    const keys = expected.map(({ key }) => key);
    expect(await world.hoursOf(keys, state)).toEqual(
      new Map(expected.map(({ key, bill }) => [JSON.stringify(key), bill])),
    );
    for (const project of new Set(keys.map(({ projectName }) => projectName))) {
      const bills = expected.filter(({ key }) => key.projectName === project);
      const credits = bills.reduce((sum, { bill }) => sum + totalOf(bill).credits, 0n);
      expect(await world.usedCredits(project, state)).toBe(credits);
    }
  });
  await fc.assert(property, propertyRuns(50));
}, 600_000);
