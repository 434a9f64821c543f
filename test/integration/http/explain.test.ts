import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { bodyOf } from "../../support/admin-calls.ts";
import { keys } from "../../support/api-keys.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";
import { writtenFields } from "../../support/written-fields.ts";

const vcpu = "project_vcpu_usage";
const ram = "project_mb_usage";
let functions: Functions;

const gpus = { max_rate: 1_000_000, unit: "GPU-hours", prices: [1] };

beforeAll(async () => {
  const metrics = JSON.stringify({ [vcpu]: 1, [ram]: 0.3, gpus });
  functions = await loadFunctions({ METRICS_TO_BILL: metrics });
  await applyTariffs(functions.database.pool, parseMetricSettings(metrics), "ada");
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

type Measured = readonly [metric: string, time: string, value: number | string, site?: string];

/** Times are those of 2026-10-05, UTC. */
async function measure(project_name: string, ...measured: readonly Measured[]): Promise<void> {
  const measurements = measured.map(([metric, time, value, site = "bielefeld"]) => {
    return { project_name, metric, site, value, time: `2026-10-05T${time}Z` };
  });
  const answer = await functions.receive({ body: JSON.stringify({ measurements }) });
  expect(answer.statusCode).toBe(202);
  await functions.billQueued();
}

const explain = (project_name: string, query: Record<string, string> = {}) =>
  functions.call("explain", {
    headers: { "x-api-key": keys.read },
    pathParameters: { project_name },
    query: { hour: "2026-10-05T13:00:00Z", ...query },
  });

test("every pair of measurements of the hour, its rule, and a calculation to check", async () => {
  await measure(
    "genomics",
    [vcpu, "12:58:00", "100.0"],
    [vcpu, "13:02:00", 101],
    [vcpu, "13:07:00", 40],
    [vcpu, "13:12:00", 111],
    [vcpu, "14:12:00.500", 111],
  );
  const price = { credits: "1.0", valid_from: "null", recorded_by: '"test"' };
  expect(writtenFields(await explain("genomics"))).toEqual({
    hour: '"2026-10-05T13:00:00Z"',
    credits: "10.5",
    series: [
      {
        metric: '"project_vcpu_usage"',
        site: '"bielefeld"',
        resource: '""',
        unit: "null",
        usage: "10.5",
        credits: "10.5",
        measurements: '"kept"',
        parts: [
          {
            rule: '"increase"',
            from: { time: '"2026-10-05T12:58:00Z"', value: "100.0" },
            to: { time: '"2026-10-05T13:02:00Z"', value: "101.0" },
            calculation:
              '"101.0 − 100.0 = 1.0; in this part 1.0 − 1.0 × 2/4 minutes = 1.0 − 0.5 = 0.5; 0.5 × 1.0 = 0.5 credits"',
            usage: "0.5",
            credits: "0.5",
            price,
          },
          {
            rule: '"dip"',
            from: { time: '"2026-10-05T13:02:00Z"', value: "101.0" },
            through: [{ time: '"2026-10-05T13:07:00Z"', value: "40.0" }],
            through_count: "1",
            to: { time: '"2026-10-05T13:12:00Z"', value: "111.0" },
            calculation:
              '"it fell below 101.0 and was back within 1 h: 111.0 − 101.0 = 10.0; 10.0 × 1.0 = 10.0 credits"',
            usage: "10.0",
            credits: "10.0",
            price,
          },
          {
            rule: '"increase"',
            from: { time: '"2026-10-05T13:12:00Z"', value: "111.0" },
            to: { time: '"2026-10-05T14:12:00.500Z"', value: "111.0" },
            calculation: '"111.0 − 111.0 = 0.0"',
            usage: "0.0",
            credits: "0.0",
            price: "null",
          },
        ],
        sum: { usage: "10.5", credits: "10.5" },
        pending_credits: "0.0",
        held: [],
        corrections: [],
        decisions: [],
      },
    ],
    adjustments: [],
  });
});

describe("says of an hour", () => {
  test("that counting begins in it", async () => {
    await measure("young", [vcpu, "13:30:00", 7], [vcpu, "13:45:00", 8]);
    const [{ parts }] = bodyOf(await explain("young")).series;
    expect(parts[0]).toMatchObject({ rule: "baseline", from: null, to: { value: 7 }, usage: 0 });
    expect(parts[1]).toMatchObject({ rule: "increase", usage: 1 });
  });

  test("what is held back, and what a drop still holds back", async () => {
    await measure("doubtful", ["gpus", "13:00:00", 0], ["gpus", "13:05:00", "9000000"]);
    await measure(
      "dropped",
      [vcpu, "13:00:00", 50],
      [vcpu, "13:05:00", 10],
      [vcpu, "13:10:00", 12],
    );
    const doubtful = bodyOf(await explain("doubtful"));
    expect(doubtful.series[0].unit).toBe("GPU-hours");
    expect(doubtful.series[0].parts[1]).toMatchObject({
      rule: "held",
      credits: 0,
      calculation:
        "that is faster than 1000000.0 an hour, so it is held until an operator decides: 9000000.0",
    });
    expect(doubtful.series[0].held).toEqual([
      { from: "2026-10-05T13:00:00Z", until: "2026-10-05T13:05:00Z", usage: 9e6, credits: 9e6 },
    ]);
    const [dropped] = bodyOf(await explain("dropped")).series;
    expect(dropped).toMatchObject({ credits: 0, pending_credits: 2 });
    expect(dropped.parts.at(-1).rule).toBe("open");
  });

  test("what a late measurement corrected, and what was booked by hand", async () => {
    await measure("late", [vcpu, "11:00:00", 0], [vcpu, "15:00:00", 40]);
    await measure("late", [vcpu, "13:30:00", 0]);
    await functions.call("adjustment", {
      method: "POST",
      pathParameters: { project_name: "late" },
      headers: { "x-api-key": keys.admin, "idempotency-key": "one" },
      body: JSON.stringify({ credits: "-1.5", reason: "outage", time: "2026-10-05T13:59:59Z" }),
    });
    const { credits, series, adjustments } = bodyOf(await explain("late"));
    expect(credits).toBeCloseTo(13.333333333333, 12);
    expect(series[0].corrections).toEqual([
      expect.objectContaining({ reason: "late", actor: "biller", note: null }),
    ]);
    expect(adjustments).toEqual([
      { at: "2026-10-05T13:59:59Z", credits: -1.5, reason: "outage", actor: "the-admin-key" },
    ]);
  });

  test("nothing, where nothing was measured", async () => {
    const { credits, series } = bodyOf(await explain("genomics", { hour: "2026-10-01T00:00:00Z" }));
    expect({ credits, series }).toEqual({ credits: 0, series: [] });
  });
});

test("one metric or site of several is explained alone", async () => {
  await measure(
    "several",
    [vcpu, "13:00:00", 0, "berlin"],
    [vcpu, "13:30:00", 1, "berlin"],
    [ram, "13:00:00", 0],
    [ram, "13:30:00", 10],
  );
  const metrics = async (query: Record<string, string>) =>
    bodyOf(await explain("several", query)).series.map((one: { metric: string }) => one.metric);
  expect(await metrics({})).toEqual([ram, vcpu]);
  expect(await metrics({ metric: ram })).toEqual([ram]);
  expect(await metrics({ site: "berlin" })).toEqual([vcpu]);
  expect(await metrics({ resource: "none" })).toEqual([]);
  expect(bodyOf(await explain("several")).credits).toBe(4);
});

test("more series than a person can look at are to be asked for one by one", async () => {
  const measurements = Array.from({ length: 101 }, (_, index) => ({
    project_name: "crowded",
    metric: vcpu,
    resource: `machine ${index}`,
    value: 0,
    time: "2026-10-05T13:00:00Z",
  }));
  await functions.receive({ body: JSON.stringify({ measurements }) });
  await functions.billQueued();
  const answer = await explain("crowded");
  expect(answer.statusCode).toBe(400);
  expect(bodyOf(answer).code).toBe("range-too-large");
  expect((await explain("crowded", { resource: "machine 7" })).statusCode).toBe(200);
});

test("an hour of more parts than an answer may hold is to be asked for metric by metric", async () => {
  const start = Date.parse("2026-10-05T13:00:00Z");
  for (const metric of [vcpu, ram]) {
    const measurements = Array.from({ length: 4_500 }, (_, index) => {
      return { project_name: "dense", metric, value: 0, time: start + index * 500 };
    });
    await functions.receive({ body: JSON.stringify({ measurements }) });
  }
  await functions.billQueued();
  const answer = await explain("dense");
  expect(answer.statusCode).toBe(400);
  expect(bodyOf(answer)).toMatchObject({
    code: "range-too-large",
    detail: "The hour has more than 8000 parts: ask for one metric, site or resource.",
  });
  expect((await explain("dense", { metric: vcpu })).statusCode).toBe(200);
});

test.each([
  [{ hour: "" }, 400, "parameter-invalid"],
  [{ hour: "yesterday" }, 400, "parameter-invalid"],
  [{ site: "\0" }, 400, "parameter-invalid"],
])("refuses %j", async (query, status, code) => {
  const answer = await explain("genomics", query);
  expect(answer.statusCode).toBe(status);
  expect(bodyOf(answer).code).toBe(code);
});

test("a project that does not exist is unknown", async () => {
  expect((await explain("nobody")).statusCode).toBe(404);
});

describe("the page", () => {
  const page = (project_name: string, query: Record<string, string> = {}) =>
    functions.call("explain", {
      headers: { "x-api-key": keys.read, accept: "text/html", "accept-language": "en" },
      pathParameters: { project_name },
      query: { hour: "2026-10-05T13:00:00Z", ...query },
    });

  test("says the same to a person, in either language", async () => {
    const english = await page("genomics", { timezone: "Europe/Berlin" });
    expect(english.statusCode).toBe(200);
    expect(english.headers["content-security-policy"]).toContain("default-src 'none'");
    expect(english.body).toContain(
      "5 Oct 2026, 15:00 to 5 Oct 2026, 16:00 (Europe/Berlin): 10.5 credits",
    );
    expect(english.body).toContain(
      "it fell below 101.0 and was back within 1 h: 111.0 − 101.0 = 10.0",
    );
    expect(english.body).not.toMatch(/ style=|<script(?! type="module" src)/);
    const german = await page("genomics", { lang: "de" });
    expect(german.body).toContain(
      "fiel unter 101.0 und war innerhalb von 1 h zurück: 111.0 − 101.0 = 10.0",
    );
    expect(german.headers["etag"]).not.toBe(english.headers["etag"]);
  });

  test("shows what is held, pending, corrected, adjusted or removed", async () => {
    expect((await page("doubtful")).body).toContain("9,000,000.0 held back");
    expect((await page("dropped")).body).toContain("2.0 pending");
    const { body } = await page("late");
    expect(body).toContain("measurements came late");
    expect(body).toContain("Adjusted by -1.5, by the-admin-key. <q>outage</q>");
  });

  test("says what is wrong with a question, and that there is no such project", async () => {
    const wrong = await page("genomics", { hour: "noon" });
    expect([wrong.statusCode, wrong.headers["content-type"]]).toEqual([
      400,
      "text/html; charset=utf-8",
    ]);
    expect(wrong.body).toContain("hour must be an instant such as");
    expect((await page("nobody")).body).toContain("There is no such project");
  });
});

// The last one: the measurements of all projects are removed.
test("an hour says that its measurements were removed, and what the ledger keeps", async () => {
  await measure("old", [vcpu, "12:00:00", 0], [vcpu, "13:30:00", 9], [vcpu, "14:30:00", 10]);
  const { pool } = functions.database;
  const { removeOldMeasurements } = await import(
    "../../../lib/usecases/operations/remove-old-measurements.ts"
  );
  const { retentionPorts } = await import("../../../lib/postgres/operations/retention.ts");
  const removeUpTo = (time: string) =>
    removeOldMeasurements(retentionPorts(pool), Date.parse(`2026-10-05T${time}Z`), () => false);
  await removeUpTo("13:31:00");
  const [inFloorHour] = bodyOf(await explain("old")).series;
  expect(inFloorHour.parts[0]).toMatchObject({ rule: "removed", usage: 3 });
  expect(inFloorHour.sum).toEqual({ usage: inFloorHour.usage, credits: inFloorHour.credits });
  await removeUpTo("14:31:00");
  expect(bodyOf(await explain("old")).series).toEqual([
    expect.objectContaining({ measurements: "removed", credits: 3.5, parts: [], sum: null }),
  ]);
  const headers = { "x-api-key": keys.read, accept: "text/html" };
  const page = await functions.call("explain", {
    headers,
    pathParameters: { project_name: "old" },
    query: { hour: "2026-10-05T13:00:00Z" },
  });
  expect(page.body).toContain("are too old and were removed");
});
