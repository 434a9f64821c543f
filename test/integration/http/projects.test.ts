import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { forecastPorts } from "../../../lib/postgres/notices/budget-forecasts.ts";
import { forecastBudgets } from "../../../lib/usecases/notices/forecast-budgets.ts";
import { bodyOf } from "../../support/admin-calls.ts";
import { keys } from "../../support/api-keys.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";
import { writtenFields } from "../../support/written-fields.ts";

const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000];
const nowMs = Date.UTC(2026, 10, 25, 12, 30);
let functions: Functions;

/** Each used a credit an hour for ten days, up to some hours ago. */
const grants: Readonly<Record<string, number | null>> = {
  "far away": 10_000,
  soon: 240 + 5 * 24,
  sooner: 240 + 24,
  "over by two": 238,
  "all of it": 240,
  "nobody granted": null,
  "Über Öl": 5_000,
  bound: 600,
};
const silentHours: Readonly<Record<string, number>> = { "far away": 3 };

beforeAll(async () => {
  functions = await loadFunctions();
  const measurements = Object.keys(grants).flatMap((project_name, index) =>
    [-240, -120, 0].map((hours) => ({
      project_name,
      metric: "project_vcpu_usage",
      site: index % 2 === 0 ? "8650" : "8676",
      value: hours + 240,
      time: new Date(
        nowMs - 2 * minuteMs + (hours - (silentHours[project_name] ?? 0)) * hourMs,
      ).toISOString(),
    })),
  );
  await functions.receive({ body: JSON.stringify({ measurements }) });
  await functions.billQueued();
  for (const [name, credits] of Object.entries(grants)) {
    await functions.database.pool.query(
      "update projects set granted_credits = $2 where project_name = $1",
      [name, credits],
    );
  }
  await forecast();
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

const forecast = () =>
  forecastBudgets(forecastPorts(functions.database.pool), 14, nowMs, () => false);

function list(query: Record<string, string> = {}, key: string = keys.read) {
  jest.spyOn(Date, "now").mockReturnValue(nowMs);
  return functions.call("projects", { query, headers: { "x-api-key": key } });
}
const names = async (query: Record<string, string> = {}, key?: string): Promise<string[]> =>
  bodyOf(await list(query, key)).data.map(
    ({ project_name }: { project_name: string }) => project_name,
  );

test("the most urgent projects come first, with what is left of each", async () => {
  const answer = await list();
  expect(answer.statusCode).toBe(200);
  const { data, ...rest } = bodyOf(answer);
  expect(rest).toEqual({
    as_of: "2026-11-25T12:30:00Z",
    total: { projects: 8, over: 1, warn: 3, silent: 1 },
    next_cursor: null,
  });
  const states = data.map((one: Record<string, string>) => [one["project_name"], one["state"]]);
  expect(states).toEqual([
    ["over by two", "over"],
    ["all of it", "warn"],
    ["sooner", "warn"],
    ["soon", "warn"],
    ["bound", "ok"],
    ["Über Öl", "ok"],
    ["far away", "silent"],
    ["nobody granted", "no-grant"],
  ]);
  expect(data[0]).toMatchObject({
    used_credits: 240,
    granted_credits: 238,
    remaining_credits: -2,
    burn_rates: { day: expect.closeTo(1, 1), week: expect.closeTo(1, 1) },
    budget_ends: null,
    computed_at: "2026-11-25T12:30:00Z",
    last_measured: "2026-11-25T12:28:00Z",
    sites: ["8676"],
    page: "/credits_history/over%20by%20two",
  });
  expect(data[2].budget_ends).toEqual({
    earliest: expect.stringMatching(/^2026-11-26T1\d:00:00Z$/),
    expected: expect.stringMatching(/^2026-11-26T1\d:00:00Z$/),
    latest: expect.stringMatching(/^2026-11-26T1\d:00:00Z$/),
  });
  expect(data[7]).toMatchObject({ granted_credits: null, remaining_credits: null });
});

test("amounts are exact", async () => {
  expect(writtenFields(await list({ search: "over" }))).toMatchObject({
    data: [{ remaining_credits: "-2.0", used_credits: "240.0", pending_credits: "0.0" }],
  });
});

describe("the order", () => {
  test.each([
    ["name", ["all of it", "bound", "far away"]],
    ["-name", ["Über Öl", "sooner", "soon"]],
    ["remaining", ["over by two", "all of it", "sooner"]],
    ["-remaining", ["far away", "Über Öl", "bound"]],
    ["granted", ["over by two", "all of it", "sooner"]],
    ["budget_ends", ["sooner", "soon", "bound"]],
    ["last_measured", ["far away", "all of it", "bound"]],
    ["-urgency", ["nobody granted", "far away", "Über Öl"]],
  ])("by %s", async (sort, first) => {
    expect((await names({ sort })).slice(0, 3)).toEqual(first);
  });

  test.each([
    "urgency",
    "-urgency",
    "name",
    "-name",
    "used",
    "-granted",
    "budget_ends",
    "-burn_week",
  ])("by %s is the same page by page", async (sort) => {
    const whole = await names({ sort });
    expect(new Set(whole).size).toBe(8);
    for (const limit of ["1", "3", "8"]) {
      const paged: string[] = [];
      let cursor: string | null = "";
      while (cursor !== null) {
        const answer = bodyOf(await list({ sort, limit, ...(cursor && { cursor }) }));
        expect(answer.total.projects).toBe(8);
        paged.push(...answer.data.map((one: { project_name: string }) => one.project_name));
        cursor = answer.next_cursor;
      }
      expect(paged).toEqual(whole);
    }
  });
});

describe("looks for", () => {
  test.each([
    [{ search: "SOON" }, ["sooner", "soon"]],
    [{ search: "über ö" }, ["Über Öl"]],
    // The same letters, written as two signs each.
    [{ search: "u\u0308ber" }, ["Über Öl"]],
    [{ search: "%" }, []],
    [{ state: "warn" }, ["all of it", "sooner", "soon"]],
    [{ state: "silent" }, ["far away"]],
    [{ state: "no-grant" }, ["nobody granted"]],
    [{ site: "8676", sort: "name" }, ["bound", "nobody granted", "over by two", "soon"].sort()],
    [{ site: "nowhere" }, []],
  ])("%j", async (query, expected) => {
    const found = await names(query);
    if ("site" in query && query.site === "8676") expect(found).toHaveLength(4);
    else expect(found).toEqual(expected);
  });

  test("what the caller's key is bound to, and counts nothing else", async () => {
    const ofProject = bodyOf(await list({}, keys.readProject));
    expect(ofProject.data.map((one: { project_name: string }) => one.project_name)).toEqual([
      "bound",
    ]);
    expect(ofProject.total.projects).toBe(1);
    const ofSite = bodyOf(await list({}, keys.readSite));
    expect(ofSite.total.projects).toBe(4);
    for (const { sites } of ofSite.data) expect(sites).toEqual(["8676"]);
    expect(await names({ search: "far away" }, keys.readProject)).toEqual([]);
  });
});

describe("the operators' page", () => {
  const page = async (query: Record<string, string> = {}, key: string = keys.read) => {
    jest.spyOn(Date, "now").mockReturnValue(nowMs);
    const headers = { "x-api-key": key, accept: "text/html" };
    const answer = await functions.call("operators", { query, headers });
    expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
    return answer;
  };
  const text = async (...asked: Parameters<typeof page>) =>
    (await page(...asked)).body.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
  const listed = async (...asked: Parameters<typeof page>) =>
    [
      ...(await page(...asked)).body.matchAll(/<a href="\/credits_history\/[^>]*>([^<]*)<\/a>/g),
    ].map(([, name]) => name);

  test("says what is wrong first, and lists what the API lists", async () => {
    expect(await listed()).toEqual(await names());
    expect(await text()).toContain(
      "1 is over the grant. 3 end within 14 days, or have nothing left. 1 is silent. 8 projects.",
    );
    expect(await text()).toContain("over by two over -2.0 – 24.0 240.0 238.0 2 minutes ago");
    expect(await text({ lang: "de" })).toContain("1 über der Bewilligung.");
  });

  test("searches, sorts and goes on as the API does", async () => {
    expect(await listed({ search: "soon" })).toEqual(["sooner", "soon"]);
    expect(await listed({ sort: "-remaining", limit: "2" })).toEqual(["far away", "Über Öl"]);
    const { body } = await page({ sort: "-remaining", limit: "2" });
    const [, next = ""] = /<a href="\/\?([^"]*)" rel="next"/.exec(body) ?? [];
    const query = Object.fromEntries(new URLSearchParams(next.replaceAll("&amp;", "&")));
    expect(await listed(query)).toEqual((await names({ sort: "-remaining" })).slice(2, 4));
  });

  test("shows a bound key its own, and a wrong question what is wrong", async () => {
    expect(await listed({}, keys.readProject)).toEqual(["bound"]);
    const wrong = await page({ sort: "colour" });
    expect(wrong.statusCode).toBe(400);
    expect(wrong.body).toContain("sort must be one of");
  });
});

test.each([
  ["state", "broken", "parameter-invalid"],
  ["sort", "colour", "parameter-invalid"],
  ["limit", "1001", "parameter-invalid"],
  ["search", "\0", "parameter-invalid"],
  ["cursor", "bm9uZQ", "cursor-foreign"],
])("refuses %s=%j", async (name, value, code) => {
  const answer = await list({ [name]: value });
  expect(answer.statusCode).toBe(400);
  expect(bodyOf(answer)).toMatchObject({ code, errors: [{ at: name }] });
});

test("a cursor belongs to its question", async () => {
  const { next_cursor: cursor } = bodyOf(await list({ limit: "1" }));
  expect((await list({ cursor })).statusCode).toBe(200);
  expect(bodyOf(await list({ cursor, sort: "name" })).code).toBe("cursor-foreign");
});

test("a project that was not forecast yet is listed without rates, and one that pends with them", async () => {
  const measurement = (site: string, minutes: number, value: number) => ({
    project_name: "new",
    site,
    metric: "project_vcpu_usage",
    value,
    time: new Date(nowMs + minutes * minuteMs).toISOString(),
  });
  const values = [0, 5, 1, 3];
  const measurements = ["8650", "8676"].flatMap((site) =>
    values.map((value, index) => measurement(site, 2 * index - 10, value)),
  );
  await functions.receive({ body: JSON.stringify({ measurements }) });
  await functions.billQueued();
  const [project] = bodyOf(await list({ search: "new" })).data;
  expect(project).toMatchObject({
    state: "no-grant",
    used_credits: 10,
    pending_credits: 4,
    burn_rates: null,
    computed_at: null,
    last_measured: "2026-11-25T12:26:00Z",
  });
});

test("what reports again is not silent, though the forecast is older", async () => {
  const measurement = {
    project_name: "far away",
    metric: "project_vcpu_usage",
    site: "8650",
    value: 240,
    time: new Date(nowMs - minuteMs).toISOString(),
  };
  await functions.receive({ body: JSON.stringify({ measurements: [measurement] }) });
  await functions.billQueued();
  expect(await names({ state: "silent" })).toEqual([]);
});

test("a round of forecasts is what the API forecasts of each project", async () => {
  jest.spyOn(Date, "now").mockReturnValue(nowMs + dayMs);
  await forecastBudgets(forecastPorts(functions.database.pool), 14, nowMs + dayMs, () => false);
  const pathParameters = { project_name: "soon" };
  const credits = await functions.call("credits", {
    pathParameters,
    headers: { "x-api-key": keys.read },
  });
  const answer = await functions.call("projects", {
    query: { search: "soon", sort: "-name" },
    headers: { "x-api-key": keys.read },
  });
  const listed = bodyOf(answer).data.find(
    (one: { project_name: string }) => one.project_name === "soon",
  );
  expect(listed.burn_rates).toEqual(bodyOf(credits).burn_rates);
  const { expected } = bodyOf(credits).budget_ends;
  expect(listed.budget_ends.expected).toBe(`${expected.replace(" ", "T")}Z`);
});
