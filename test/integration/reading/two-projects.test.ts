import { beforeAll, expect, test } from "@jest/globals";
import { withAdjustments } from "../../../lib/postgres/grants/grants-and-adjustments.ts";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { readProjectCredits, readProjectUsage } from "../../../lib/postgres/reading/credits.ts";
import { storedSamples } from "../../../lib/postgres/reading/stored-samples.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { bookAdjustment } from "../../../lib/usecases/grants/book-adjustment.ts";
import { everySeries } from "../../../lib/usecases/ledger/stored-series.ts";
import { at, ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
const ledger = ledgerOf(database);

/** Two projects with the same series and times, each with a drop that is open. Only the amounts differ. */
beforeAll(async () => {
  await applyTariffs(database.pool, parseMetricSettings('{"project_vcpu_usage": 1}'), "test");
  for (const [name, used, held, adjusted] of projects) {
    const values = ["100", `${100 + used}`, "5", `${5 + held}`];
    await ledger.bill(...values.map((value, step) => measured(name, step * 10, value)));
    const adjustment = { credits: `${adjusted}`, actor: "ada", reason: "test", atMs: at(60) };
    await bookAdjustment(
      { ...adjustment, projectName: name },
      { key: name, request: name },
      withAdjustments(database.pool),
    );
  }
});

const projects = [
  ["one", 1, 20, 300],
  ["two", 4, 50, 600],
] as const;

test.each(projects)(
  "%s sees its own used and pending credits",
  async (name, used, held, adjusted) => {
    const credits = await readProjectCredits(database.pool, name);
    expect(Number(credits?.usedCredits)).toBe(used + adjusted);
    expect(Number(credits?.pendingCredits)).toBe(held);
  },
);

test.each(projects)("%s sees its own use", async (name, used, _held, _adjusted) => {
  const { projectId = 0 } = (await readProjectCredits(database.pool, name)) ?? {};
  const { credits, firstMs } = await readProjectUsage(database.pool, projectId, at(120));
  expect(credits.day).toBe(BigInt(used) * 10n ** 42n);
  expect(firstMs).toBe(at(0));
});

test.each(projects)("%s sees its own history", async (name, used, _held, adjusted) => {
  const steps = await ledger.steps(name);
  expect(steps.map(({ metric, credits }) => [metric, Number(credits)])).toEqual([
    ["project_vcpu_usage", 0],
    ["project_vcpu_usage", used],
    ["adjustment", used + adjusted],
  ]);
});

test("each gets its own samples, sealed or not, in either of two series", async () => {
  const minutes = Array.from({ length: 300 }, (_, index) => index);
  const names = ["three", "four"];
  const resources = ["a", "b"];
  const value = (name: string, resource: string, minute: number) =>
    `${names.indexOf(name)}${resources.indexOf(resource)}${String(minute).padStart(3, "0")}`;
  for (const name of names) {
    for (const resource of resources) {
      await ledger.bill(
        ...minutes.map((one) => measured(name, one, value(name, resource, one), { resource })),
      );
    }
  }
  for (const name of names) {
    const bounds = { fromMs: at(0), untilMs: at(1_000) };
    const read: unknown[] = [];
    const client = await database.pool.connect();
    for await (const page of storedSamples(client, name, everySeries, bounds)) {
      read.push(...page.map((sample) => [sample.resource, Number(sample.value)]));
    }
    client.release();
    expect(read).toEqual(
      resources.flatMap((resource) =>
        minutes.map((one) => [resource, Number(value(name, resource, one))]),
      ),
    );
  }
});
