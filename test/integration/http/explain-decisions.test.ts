import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { discardPorts } from "../../../lib/postgres/operations/discard.ts";
import { holdPorts } from "../../../lib/postgres/operations/holds.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { everySeries } from "../../../lib/usecases/ledger/stored-series.ts";
import { decideOnHolds } from "../../../lib/usecases/operations/decide-holds.ts";
import { discardMeasurements } from "../../../lib/usecases/operations/discard-measurements.ts";
import { bodyOf } from "../../support/admin-calls.ts";
import { keys } from "../../support/api-keys.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";

let functions: Functions;

beforeAll(async () => {
  const later = { from: timeOf("13:30:00"), credits: 2.5 };
  const gpus = { max_rate: 1_000, unit: "GPU-hours", prices: [{ credits: 1 }, later] };
  const metrics = JSON.stringify({ gpus });
  functions = await loadFunctions({ METRICS_TO_BILL: metrics });
  await applyTariffs(functions.database.pool, parseMetricSettings(metrics), "ada");
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

const timeOf = (clock: string) => `2026-10-05T${clock}Z`;
const by = { actor: "ada", reason: "broken exporter" };

/** Measures a counter; times are those of 2026-10-05, UTC. */
async function measure(project_name: string, ...measured: readonly [string, number][]) {
  const measurements = measured.map(([clock, value]) => {
    return { project_name, metric: "gpus", site: "bielefeld", value, time: timeOf(clock) };
  });
  const answer = await functions.receive({ body: JSON.stringify({ measurements }) });
  expect(answer.statusCode).toBe(202);
  await functions.billQueued();
}

async function discard(projectName: string, from: string, until: string): Promise<void> {
  const range = { fromMs: Date.parse(timeOf(from)), untilMs: Date.parse(timeOf(until)) };
  const order = { scope: { ...everySeries, projectName }, range, ...by };
  for await (const _ of discardMeasurements(order, discardPorts(functions.database.pool), false));
}

async function decide(projectName: string, isAccepted: boolean): Promise<void> {
  const order = { scope: { ...everySeries, projectName }, range: null, isAccepted, ...by };
  for await (const _ of decideOnHolds(order, holdPorts(functions.database.pool), false));
}

const explain = (project_name: string, headers: Record<string, string> = {}) =>
  functions.call("explain", {
    headers: { "x-api-key": keys.read, ...headers },
    pathParameters: { project_name },
    query: { hour: timeOf("13:00:00") },
  });

test("an hour whose measurements were all discarded says who did it and what it had cost", async () => {
  await measure("emptied", ["12:00:00", 0], ["12:50:00", 5], ["13:10:00", 9], ["13:50:00", 30]);
  await discard("emptied", "13:00:00", "13:59:00");
  const { credits, series } = bodyOf(await explain("emptied"));
  expect(credits).toBe(0);
  expect(series).toEqual([
    expect.objectContaining({
      credits: 0,
      corrections: [expect.objectContaining({ reason: "discard", actor: "ada" })],
      decisions: [
        {
          decision: "discarded",
          from: timeOf("13:00:00"),
          until: timeOf("13:59:00"),
          at: expect.any(String),
          ...by,
        },
      ],
    }),
  ]);
  expect((await explain("emptied", { accept: "text/html" })).body).toContain(
    "measurements do not count, by ada. <q>broken exporter</q>",
  );
});

test.each([
  ["accepted", true, "increase", 5_000, "a held increase counts"],
  ["rejected", false, "rejected", 0, "a held increase does not count"],
])(
  "an increase that was %s says who decided it and why, also to whoever asked before",
  async (decision, isAccepted, rule, credits, words) => {
    await measure(decision, ["13:10:00", 0], ["13:20:00", 5_000]);
    const before = await explain(decision);
    expect(bodyOf(before).series[0].decisions).toEqual([]);
    await decide(decision, isAccepted);
    const after = await explain(decision, { "if-none-match": String(before.headers["etag"]) });
    const [series] = bodyOf(after).series;
    expect(series.parts[1]).toMatchObject({ rule, credits });
    expect(series.decisions).toEqual([
      expect.objectContaining({ decision, from: timeOf("13:10:00"), until: timeOf("13:20:00") }),
    ]);
    const page = await explain(decision, { accept: "text/html", "accept-language": "en" });
    expect(page.body).toContain(words);
  },
);

test("the page names each price, since when it holds and who recorded it", async () => {
  await measure("priced", ["13:10:00", 0], ["13:50:00", 40]);
  const english = await explain("priced", { accept: "text/html", "accept-language": "en" });
  expect(english.body).toContain("Price: 1.0 credits per unit, by ada");
  expect(english.body).toContain("Price since 5 Oct 2026, 13:30: 2.5 credits per unit, by ada");
  const german = await explain("priced", { accept: "text/html", "accept-language": "de" });
  expect(german.body).toContain("Preis seit 5. Okt. 2026, 13:30: 2,5 Credits je Einheit, von ada");
});
