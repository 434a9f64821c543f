import { writeFileSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { closePorts } from "../../../lib/postgres/statements/closing.ts";
import { closeStatements } from "../../../lib/usecases/statements/close-statements.ts";
import { adminOf, bodyOf } from "../../support/admin-calls.ts";
import { keys } from "../../support/api-keys.ts";
import { csvRows } from "../../support/csv-rows.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";
import { runProgram } from "../../support/servers/run-program.ts";
import { writtenFields } from "../../support/written-fields.ts";

const timezone = "Europe/Berlin";
const hourMs = 3_600_000;
let functions: Functions;

beforeAll(async () => {
  functions = await loadFunctions({ STATEMENT_TIMEZONE: timezone });
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

const at = (time: string) => Date.parse(time);

/** As if it were this time for all that looks at the clock. */
async function when<T>(time: string, work: () => Promise<T>): Promise<T> {
  jest.spyOn(Date, "now").mockReturnValue(at(time));
  try {
    return await work();
  } finally {
    jest.restoreAllMocks();
  }
}

async function measure(
  project_name: string,
  ...samples: readonly (readonly [time: string, value: number, site?: string])[]
): Promise<void> {
  const measurements = samples.map(([time, value, site = "bielefeld"]) => {
    return { project_name, metric: "project_vcpu_usage", site, time, value };
  });
  const last = samples.at(-1)?.[0] ?? "";
  await when(last, async () => {
    const answer = await functions.receive({ body: JSON.stringify({ measurements }) });
    expect(answer.body).toContain("accepted");
    await functions.billQueued();
  });
}

const close = (time: string, inZone = timezone) =>
  closeStatements(
    closePorts(functions.database.pool, { timezone: inZone, lateDays: 30 }, () => at(time)),
    at(time),
    () => false,
  );

const read = (project_name: string, time: string, query: Record<string, string> = {}) =>
  when(time, () =>
    functions.call("statements", {
      headers: { "x-api-key": keys.read },
      pathParameters: { project_name },
      query,
    }),
  );
const statement = (project_name: string, month: string, time = "2026-11-20T00:00:00Z") =>
  read(project_name, time, { month });
const months = async (project_name: string, time: string) =>
  bodyOf(await read(project_name, time)).data.map((one: Record<string, string>) => [
    one["month"],
    one["state"],
  ]);

/** Ten vCPU-hours an hour, from the middle of August to that of October, by the clock of Berlin. */
beforeAll(async () => {
  await measure(
    "genomics",
    ["2026-08-15T00:00:00Z", 0],
    ["2026-08-31T22:00:00Z", 4060],
    ["2026-09-30T22:00:00Z", 11260],
    ["2026-10-15T00:00:00Z", 14660],
  );
});

test("a month is cut by the zone's calendar, and is open until nothing may come for it", async () => {
  expect(await months("genomics", "2026-10-01T00:00:00Z")).toEqual([
    ["2026-10", "open"],
    ["2026-09", "open"],
    ["2026-08", "open"],
  ]);
  const answer = await statement("genomics", "2026-09", "2026-10-15T00:00:00Z");
  expect(writtenFields(answer)).toEqual({
    project_name: '"genomics"',
    month: '"2026-09"',
    timezone: '"Europe/Berlin"',
    from: '"2026-09-01T00:00:00+02:00"',
    until: '"2026-10-01T00:00:00+02:00"',
    state: '"open"',
    closed_at: "null",
    previous_sha256: "null",
    coverage: '"full"',
    opening: { used: "4060.0", granted: "null" },
    usage: [
      {
        metric: '"project_vcpu_usage"',
        unit: "null",
        usage: "7200.0",
        credits: "7200.0",
        by_site: [{ site: '"bielefeld"', usage: "7200.0", credits: "7200.0" }],
      },
    ],
    corrections: [],
    adjustments: [],
    grants: [],
    closing: { used: "11260.0", granted: "null", remaining: "null" },
    sha256: "null",
  });
  expect(await close("2026-10-01T21:59:00Z")).toMatchObject({ statements: 0 });
});

describe("once it is closed", () => {
  let august = "";
  beforeAll(async () => {
    // August ends on the 31st at 22:00 UTC; thirty days later a measurement may still come, and a day more.
    expect(await close("2026-10-01T22:00:00Z")).toMatchObject({ projects: 1, statements: 1 });
    august = (await statement("genomics", "2026-08")).body;
  });

  test("it names its hash, and nothing is closed twice", async () => {
    expect(JSON.parse(august)).toMatchObject({
      state: "closed",
      closed_at: "2026-10-02T00:00:00+02:00",
      previous_sha256: null,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await close("2026-10-02T22:00:00Z")).toMatchObject({ statements: 0 });
    expect(await months("genomics", "2026-10-15T00:00:00Z")).toEqual([
      ["2026-10", "open"],
      ["2026-09", "open"],
      ["2026-08", "closed"],
    ]);
  });

  test("it never changes: what is corrected stands in the next one, with the month of its usage", async () => {
    const { pool } = functions.database;
    // A dip that came late moves nothing; a discarded measurement does, and an adjustment of August.
    const admin = adminOf(functions);
    const outage = { credits: -60, reason: "an outage", time: "2026-08-20T12:00:00Z" };
    await admin.adjust("genomics", outage, "august");
    await admin.adjust("genomics", { ...outage, credits: 5, time: "2026-09-02T00:00:00Z" }, "sept");
    await admin.grant("genomics", { granted_credits: 20_000, reason: "begins" });
    const { discardMeasurements } = await import(
      "../../../lib/usecases/operations/discard-measurements.ts"
    );
    const { discardPorts } = await import("../../../lib/postgres/operations/discard.ts");
    const scope = { projectName: "genomics", site: null, metric: null, resource: null };
    const range = { fromMs: at("2026-08-15T00:00:00Z"), untilMs: at("2026-08-15T00:00:00Z") };
    const order = { scope, range, actor: "ada", reason: "wrong exporter" };
    for await (const _ of discardMeasurements(order, discardPorts(pool), false));

    expect((await statement("genomics", "2026-08")).body).toBe(august);
    const september = bodyOf(await statement("genomics", "2026-09"));
    expect(september).toMatchObject({
      opening: { used: 4060 },
      previous_sha256: JSON.parse(august).sha256,
      corrections: [{ month: "2026-08", site: "bielefeld", usage: -4060, credits: -4060 }],
      adjustments: [{ credits: -60 }, { credits: 5 }],
      closing: { used: 4060 - 4060 + 7200 - 60 + 5 },
    });
  });

  test("the next one follows it, and together they are what was used", async () => {
    await close("2026-12-31T00:00:00Z");
    const closed = ["2026-08", "2026-09", "2026-10", "2026-11"];
    expect(await months("genomics", "2026-12-31T00:00:00Z")).toEqual([
      ["2026-12", "open"],
      ["2026-11", "open"],
      ...closed
        .slice(0, 3)
        .toReversed()
        .map((month) => [month, "closed"]),
    ]);
    const october = bodyOf(await statement("genomics", "2026-10", "2026-12-31T00:00:00Z"));
    const credits = bodyOf(await adminOf(functions).credits("genomics"));
    expect(october.closing.used).toBe(credits.current_credits);
  });

  test("whoever has the files can check them without us", async () => {
    const folder = await mkdtemp(join(tmpdir(), "statements-"));
    const texts = await Promise.all(
      ["2026-08", "2026-09", "2026-10"].map(
        async (month) => (await statement("genomics", month, "2026-12-31T00:00:00Z")).body,
      ),
    );
    const files = texts.map((_, index) => join(folder, `${index}.json`));
    const write = (index: number, text: string) => writeFile(files[index] as string, text);
    const verify = () => runProgram("lib/commands/verify-statement.ts", files);
    for (const [index, text] of texts.entries()) await write(index, text);
    expect((await verify()).stdout).toBe("verified 3 statements, 0 faults\n");

    const [first = "", second = ""] = texts;
    await write(1, second.replace('"credits":7200.0', '"credits":7201.0'));
    await expect(verify()).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/its sha256 is [0-9a-f]{64}, but it names [\s\S]*3 faults/),
    });
    // A forger may give it a hash of its own, but then what follows does not follow.
    const { createHash } = await import("node:crypto");
    const body = first.replace('"used":0.0', '"used":0.1').replace(/,"sha256":"\w+"\}$/, "}");
    const sha256 = createHash("sha256").update(body).digest("hex");
    await write(0, `${body.slice(0, -1)},"sha256":"${sha256}"}`);
    await write(1, second);
    await expect(verify()).rejects.toMatchObject({
      stdout: expect.stringContaining("2026-08 → 2026-09: the hashes do not chain"),
    });
  });
});

test("months of two time zones would overlap, so the first closing fixes the zone", async () => {
  await expect(close("2026-12-31T00:00:00Z", "UTC")).rejects.toThrow(
    "STATEMENT_TIMEZONE is UTC, but statements are closed by Europe/Berlin: set it back",
  );
});

test("a statement as a table, whose credits add up", async () => {
  const answer = await read("genomics", "2026-11-20T00:00:00Z", {
    month: "2026-09",
    format: "csv",
  });
  expect(answer.headers["content-disposition"]).toContain('filename="genomics 2026-09.csv"');
  const rows = csvRows(answer.body);
  expect(Object.keys(rows[0] ?? {}).join(",")).toBe(
    "month,kind,used_in,at,metric,site,unit,usage,credits,reason,actor",
  );
  const credits = rows.map((row) => Number(row["credits"]));
  expect(credits.reduce((sum, one) => sum + one, 0)).toBe(7200 - 4060 - 60 + 5);
  expect(rows.map((row) => row["kind"])).toEqual([
    "usage",
    "correction",
    "adjustment",
    "adjustment",
  ]);
});

test("a statement as a FOCUS file, whose credits add up", async () => {
  const answer = await read("genomics", "2026-11-20T00:00:00Z", {
    month: "2026-09",
    format: "focus",
  });
  const place = process.env["FOCUS_STATEMENT_FILE"];
  if (place !== undefined) writeFileSync(place, answer.body);
  const rows = csvRows(answer.body);
  const told = ["ChargeCategory", "ChargeClass", "ChargePeriodStart", "ChargePeriodEnd"];
  expect(rows.map((row) => told.map((column) => row[column]))).toEqual([
    ["Usage", "", "2026-08-31T22:00:00Z", "2026-09-30T22:00:00Z"],
    ["Usage", "Correction", "2026-07-31T22:00:00Z", "2026-08-31T22:00:00Z"],
    ["Adjustment", "", expect.any(String), expect.any(String)],
    ["Adjustment", "", expect.any(String), expect.any(String)],
  ]);
  const credits = rows.map((row) => Number(row["PricingCurrencyEffectiveCost"]));
  expect(credits.reduce((sum, one) => sum + one, 0)).toBe(7200 - 4060 - 60 + 5);
  for (const row of rows) {
    expect(row["BillingPeriodStart"]).toBe("2026-08-31T22:00:00Z");
    expect(row["BillingPeriodEnd"]).toBe("2026-09-30T22:00:00Z");
  }
});

describe("a person's page of a month", () => {
  const page = async (query: Record<string, string>) => {
    const answer = await when("2026-11-20T00:00:00Z", () =>
      functions.call("statements", {
        headers: { "x-api-key": keys.read, accept: "text/html" },
        pathParameters: { project_name: "genomics" },
        query: { month: "2026-09", ...query },
      }),
    );
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
    return answer.body.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
  };

  test("shows all that adds up to what was used", async () => {
    const text = await page({});
    expect(text).toContain("Used before 4,060.0");
    expect(text).toContain("vCPU · bielefeld 7,200.0 7,200.0");
    expect(text).toContain("Correction of 2026-08 · vCPU · bielefeld -4,060.0 -4,060.0");
    expect(text).toContain("by the-admin-key: an outage -60.0");
    expect(text).toContain("Used at the end 7,145.0");
    expect(text).toContain("It is closed: it never changes.");
    expect(text).toMatch(/SHA-256: [0-9a-f]{64}/);
  });

  test("does so in German", async () => {
    expect(await page({ lang: "de" })).toContain("Vorher verbraucht 4.060,0");
  });
});

test.each([
  ["2026-07", 404, "statement-unknown"],
  ["2027-01", 404, "statement-unknown"],
  ["2026-13", 400, "parameter-invalid"],
  ["October", 400, "parameter-invalid"],
])("there is no statement of %s", async (month, status, code) => {
  const answer = await statement("genomics", month);
  expect(answer.statusCode).toBe(status);
  expect(bodyOf(answer).code).toBe(code);
});

test("the month may stand in the path", async () => {
  const answer = await when("2026-11-20T00:00:00Z", () =>
    functions.call("statements", {
      headers: { "x-api-key": keys.read },
      pathParameters: { project_name: "genomics", month: "2026-09" },
    }),
  );
  expect(bodyOf(answer).month).toBe("2026-09");
});

test("a project that was granted and never measured has a statement of its month", async () => {
  await when("2026-11-20T00:00:00Z", () =>
    adminOf(functions).grant("fresh", { granted_credits: 5, reason: "begins" }),
  );
  const month = new Date().toISOString().slice(0, 7);
  const answer = await statement("fresh", month, new Date(Date.now() + hourMs).toISOString());
  expect(bodyOf(answer)).toMatchObject({
    coverage: "none",
    usage: [],
    grants: [{ granted_credits: 5 }],
    closing: { used: 0, granted: 5, remaining: 5 },
  });
});
