import { beforeEach, describe, expect, test } from "@jest/globals";
import type { Measurement } from "../../../lib/billing/measurement.ts";
import { minuteMs } from "../../../lib/billing/time.ts";
import { decodeExposition } from "../../../lib/formats/text/decode-exposition.ts";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { withLedger } from "../../../lib/postgres/ledger/billing-ledger.ts";
import { withCounterWatch } from "../../../lib/postgres/notices/counter-watch.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { billMessages } from "../../../lib/usecases/ledger/bill-measurements.ts";
import { watchCounters } from "../../../lib/usecases/notices/watch-counters.ts";
import * as decodeContext from "../../support/formats/decode-context.ts";
import { readData } from "../../support/formats/recordings.ts";
import { measured } from "../../support/ledger/ledger-fixture.ts";
import { emptyTables } from "../../support/servers/empty-tables.ts";
import { runProgram } from "../../support/servers/run-program.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();
beforeEach(() => emptyTables(database.pool, "projects", "tariffs", "notices"));

const hourMs = 60 * minuteMs;

const configure = (maxRate: string) =>
  applyTariffs(
    database.pool,
    parseMetricSettings(`{"project_vcpu_usage": {"max_rate": ${maxRate}, "prices": [1]}}`),
    "test",
  );

const bill = (measurements: readonly Measurement[], keyId?: string) =>
  billMessages(
    [{ measurements, keyId, dropped: undefined }],
    withLedger(database.pool),
    () => false,
  );

const watch = async (nowMs = Date.now()) =>
  (await watchCounters(withCounterWatch(database.pool, hourMs, nowMs))).map((event) =>
    event.type === "key.limited"
      ? `${event.type} ${event.keyId}: ${event.seriesCount}`
      : `${event.type} ${event.reason} ${event.site || "-"}: ${event.doubtful.map(({ resource }) => resource || "-").join(",")}`,
  );
const details = async () => {
  const { rows } = await database.pool.query(
    "select details #>> '{doubtful,0,detail}' as detail from notices order by notice_id",
  );
  return rows.map(({ detail }) => detail);
};

/** A page made after a public report, the last of its measurements taken a minute ago. */
function page(name: string): readonly Measurement[] {
  const nowMs = Date.UTC(2026, 10, 26);
  const context = { ...decodeContext.context, untimedMs: nowMs, newestMs: nowMs };
  const { measurements } = decodeExposition(
    readData(`reports/${name}.prom`),
    { ...context, isBilled: () => true },
    "prometheus",
  );
  const lastMs = Math.max(...measurements.map(({ timeMs }) => timeMs));
  const shiftMs = Date.now() - minuteMs - lastMs;
  return measurements.map((one) => ({ ...one, timeMs: one.timeMs + shiftMs }));
}

/** In the order of time, a scrape to a message, as it comes. */
async function scrape(name: string): Promise<void> {
  const byTime = Map.groupBy(page(name), ({ timeMs }) => timeMs);
  for (const timeMs of [...byTime.keys()].sort((a, b) => a - b))
    await bill(byTime.get(timeMs) ?? []);
}

describe.each(["in one message", "scrape by scrape"])("a page that comes %s", (how) => {
  const send = (name: string) => (how === "in one message" ? bill(page(name)) : scrape(name));

  test.each([
    ["01a-ha-pair-one-exporter", '"none"', []],
    [
      "01c-ha-pair-label-rollout",
      '"none"',
      ["series.doubtful two-sites 8676: -", "series.doubtful two-sites bielefeld: -"],
    ],
    ["12a-two-regions-both-up", '"none"', ["series.doubtful two-senders zh: p1"]],
    [
      "12a-two-regions-both-up",
      "10000",
      ["series.doubtful held zh: p1", "series.doubtful two-senders zh: p1"],
    ],
    ["15b-one-spike", '"none"', ["series.doubtful large-step -: -"]],
    ["15b-one-spike", "10000", ["series.doubtful held -: -"]],
    ["16-reset-undone", '"none"', []],
    ["17-small-decrease", '"none"', []],
    ["18-missing-page-2h", '"none"', ["series.doubtful large-step -: -"]],
  ])("%s with max_rate %s is told as it must, and once", async (name, maxRate, told) => {
    await configure(maxRate);
    await send(name);
    expect((await watch()).sort()).toEqual([...told].sort());
    expect(await watch()).toEqual([]);
  });
});

const at = (minutes: number, value: string, key: Partial<Measurement> = {}) => ({
  ...measured("genomics", 0, value, key),
  timeMs: Math.floor(Date.now() / hourMs - 3) * hourMs + minutes * minuteMs,
});

test("what is held is over once it is decided on, and begins anew with the next", async () => {
  await configure("1000");
  await bill([at(0, "0"), at(1, "1"), at(2, "5000")]);
  expect(await watch()).toEqual(["series.doubtful held 8676: a1"]);
  expect(await details()).toEqual(["1 increases of 4999 credits are held"]);
  const by = ["--project", "genomics", "--actor", "ada", "--reason", "test"];
  const env = { DATABASE_URL: database.url };
  await runProgram("lib/commands/holds.ts", ["--reject", ...by], env);
  expect(await watch()).toEqual(["series.settled held 8676: a1"]);
  await bill([at(3, "10000")]);
  expect(await watch()).toEqual(["series.doubtful held 8676: a1"]);
});

test("what is acknowledged is told no more, nor that it is over, until it begins anew", async () => {
  await configure("1000");
  await bill([at(0, "0"), at(1, "5000")]);
  await watch();
  const by = ["--project", "genomics", "--actor", "ada", "--reason", "test"];
  const env = { DATABASE_URL: database.url };
  const { stdout } = await runProgram(
    "lib/commands/acknowledge.ts",
    ["--kind", "held", ...by],
    env,
  );
  expect(stdout).toBe(
    "genomics: project_vcpu_usage, site 8676, resource a1\nacknowledged 1 series (held)\n",
  );
  await expect(
    runProgram("lib/commands/acknowledge.ts", ["--kind", "two-sites", ...by], env),
  ).rejects.toMatchObject({ stderr: "no notice of kind two-sites names any of them\n" });
  await bill([at(2, "10000")]);
  expect(await watch()).toEqual([]);
  await runProgram("lib/commands/holds.ts", ["--reject", ...by], env);
  expect(await watch()).toEqual([]);
  await bill([at(3, "15000")]);
  expect(await watch()).toEqual(["series.doubtful held 8676: a1"]);
});

test("two senders are over when they have sent no such dips for two hours", async () => {
  await configure('"none"');
  await bill(page("12a-two-regions-both-up"));
  await watch();
  expect(await watch(Date.now() + 2 * hourMs + minuteMs)).toEqual([
    "series.settled two-senders zh: p1",
  ]);
});

test("a notice names the keys that reported the series last", async () => {
  await configure('"none"');
  await bill([at(0, "0"), at(1, "1")], "north");
  await bill([at(2, "2")], "south");
  await bill([at(3, "5000")], "south");
  await watch();
  expect(await details()).toEqual([
    expect.stringMatching(/^it rose from 2 at .* to 5000 at .*, sent with keys south and north$/),
  ]);
});

describe("corrections that matter", () => {
  /** Three hours of ten credits each. */
  const begin = () => bill([at(0, "0"), at(60, "10"), at(120, "20"), at(180, "30")], "north");

  test("are told when they change a tenth of what was billed, with the key", async () => {
    await configure('"none"');
    await begin();
    expect(await watch()).toEqual([]);
    await bill([at(60, "0"), at(120, "0"), at(180, "0")], "north");
    expect(await watch()).toEqual(["series.doubtful corrected 8676: a1"]);
    expect(await details()).toEqual([
      "what had been billed changed by -30.0 credits in a day, sent with key north",
    ]);
    expect(await watch()).toEqual([]);
  });

  test("are told when a measurement from before the first makes much of little", async () => {
    await configure('"none"');
    await bill([at(60, "1000000"), at(120, "1000001")], "north");
    await bill([at(0, "0")], "north");
    expect(await watch()).toEqual(expect.arrayContaining(["series.doubtful corrected 8676: a1"]));
  });

  test("are not told of a late measurement that changes next to nothing", async () => {
    await configure('"none"');
    await begin();
    await bill([at(90, "15")], "north");
    await bill([at(30, "4.9")], "north");
    expect(await watch()).toEqual([]);
  });
});
