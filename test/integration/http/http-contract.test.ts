import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { bodyOf } from "../../support/admin-calls.ts";
import { keys } from "../../support/api-keys.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";
import { writtenFields } from "../../support/written-fields.ts";

let functions: Functions;
beforeAll(async () => {
  functions = await loadFunctions();
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

const read = { headers: { "x-api-key": keys.read } };

const post = async (...measurements: object[]) => {
  const answer = await functions.receive({ body: JSON.stringify({ measurements }) });
  await functions.billQueued();
  return answer;
};
const vcpu = (project_name: string, time: string, value: number | string, more: object = {}) => ({
  project_name,
  metric: "project_vcpu_usage",
  time,
  value,
  ...more,
});
const credits = (project_name: string) =>
  functions.call("credits", { ...read, pathParameters: { project_name } });
const history = (project_name: string, query: Record<string, string> = {}) =>
  functions.call("history", { ...read, pathParameters: { project_name }, query });

test.each<["credits" | "history", Record<string, string>, number]>([
  ["credits", { project_name: "nobody" }, 404],
  ["history", { project_name: "nobody" }, 404],
  ["history", {}, 400],
])("no cache may keep what %s answers to %j", async (name, pathParameters, status) => {
  const answers = [
    await functions.call(name, { ...read, pathParameters }),
    await functions.call(name, { pathParameters }),
  ];
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([status, 401]);
  for (const { headers } of answers) expect(headers["cache-control"]).toBe("no-store");
});

describe("a project that the query names", () => {
  const names = ["a/b", "a?b=c&d", "a%2Fb", "a+b", ` blank `, "ä#;"];
  const ask = (name: "credits" | "history", query: Record<string, string>) =>
    functions.call(name, { ...read, query });

  test.each(names)("%j is read", async (project_name) => {
    await post(vcpu(project_name, "2026-11-23T09:00:00Z", 0));
    await post(vcpu(project_name, "2026-11-23T09:01:00Z", 8));
    expect(JSON.parse((await ask("credits", { project_name })).body).current_credits).toBe(8);
    expect(JSON.parse((await ask("history", { project_name })).body).credits).toEqual([0, 8]);
  });

  test("is granted and adjusted", async () => {
    const admin = { headers: { "x-api-key": keys.admin, "idempotency-key": "by query" } };
    const query = { project_name: "granted/by?query" };
    const granted = await functions.call("grant", {
      ...admin,
      query,
      body: '{"granted_credits":10,"reason":"r"}',
    });
    expect(JSON.parse(granted.body)).toMatchObject({ ...query, granted_credits: 10 });
    const adjusted = await functions.call("adjustment", {
      headers: { ...admin.headers, "idempotency-key": "by query, too" },
      query,
      body: '{"credits":2,"reason":"r"}',
    });
    expect(JSON.parse(adjusted.body)).toMatchObject({ ...query, credits: 2 });
    expect(JSON.parse((await ask("credits", query)).body)).toMatchObject({
      current_credits: 2,
      granted_credits: 10,
    });
  });

  test.each<Record<string, string>>([{}, { project_name: "" }, { project_name: "  " }])(
    "is missing in %j",
    async (query) => {
      for (const name of ["credits", "history"] as const) {
        const answer = await ask(name, query);
        expect(answer.statusCode).toBe(400);
        expect(bodyOf(answer).errors).toMatchObject([
          { at: "project_name", detail: "No project_name provided" },
        ]);
      }
      for (const name of ["grant", "adjustment"] as const) {
        const headers = { "x-api-key": keys.admin };
        const answer = await functions.call(name, { headers, query, body: "{}" });
        expect(answer.statusCode).toBe(400);
        expect(bodyOf(answer).errors).toContainEqual(
          expect.objectContaining({ at: "project_name", detail: "No project_name provided" }),
        );
      }
    },
  );

  test("does not stand for that of the path", async () => {
    const answer = await functions.call("credits", {
      ...read,
      pathParameters: { project_name: "of-the-path" },
      query: { project_name: "of-the-query" },
    });
    expect(bodyOf(answer).detail).toBe("No credits found for of-the-path.");
  });
});

test("GET /ping answers Pong to everybody", async () => {
  const answer = await functions.call("ping", {});
  expect(answer).toMatchObject({ statusCode: 200, body: "Pong" });
  expect(answer.headers["content-type"]).toMatch("text/plain");
});

test("GET /api/metrics lists the prices in force", async () => {
  const answer = await functions.call("metrics", read);
  expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
  expect(answer.body).toBe('{"project_vcpu_usage":1.0,"project_mb_usage":0.3,"jobs":2.0}');
});

describe("POST /api/costs_per_hour", () => {
  test.each([
    ['{"project_vcpu_usage":16,"project_mb_usage":32}', 200, "25.6"],
    ["{}", 200, "0.0"],
    ['{"project_vcpu_usage":"1.5"}', 200, "1.5"],
    // 0.05 × 0.3 = 0.015 is a tie, and so is 0.15 × 0.3 = 0.045: half-even goes to 0.02 and 0.04.
    ['{"project_mb_usage":0.05}', 200, "0.02"],
    ['{"project_mb_usage":0.15}', 200, "0.04"],
    ['{"gpu":1}', 404, "Unknown measurement `gpu`."],
    ["{", 400, "Invalid JSON"],
    ["[1]", 400, "Invalid JSON"],
    ['{"project_vcpu_usage":"abc"}', 400, "Parameter project_vcpu_usage had wrong type."],
    ['{"project_vcpu_usage":-1}', 400, "Parameter project_vcpu_usage had wrong type."],
    ['{"project_vcpu_usage":[1]}', 400, "Parameter project_vcpu_usage had wrong type."],
    ['{"project_vcpu_usage":"NaN"}', 400, "Parameter project_vcpu_usage had wrong type."],
    ['{"project_vcpu_usage":"Infinity"}', 400, "Parameter project_vcpu_usage had wrong type."],
    ['{"project_vcpu_usage":null}', 400, "Parameter project_vcpu_usage had wrong type."],
  ])("%s → %i %s", async (body, status, expected) => {
    const answer = await functions.call("estimate", { ...read, method: "POST", body });
    expect(answer.statusCode).toBe(status);
    expect(status === 200 ? answer.body : bodyOf(answer).detail).toBe(expected);
  });

  test("more than anybody asks at once is refused before it is parsed", async () => {
    const body = `{"project_vcpu_usage":1${" ".repeat(64 * 1024)}}`;
    const answer = await functions.call("estimate", { ...read, method: "POST", body });
    expect(answer.statusCode).toBe(413);
    expect(bodyOf(answer)).toMatchObject({ code: "body-too-large" });
  });
});

describe("GET /api/current_credits/{project_name}", () => {
  test("tells used and granted credits, exact to the last digit", async () => {
    await post(vcpu("exact", "2026-11-23T09:00:00Z", "0"));
    await post(
      vcpu("exact", "2026-11-23T09:30:00Z", "123456789012.123456789012345678901234567891"),
    );
    const answer = await credits("exact");
    expect(answer.statusCode).toBe(200);
    expect(Object.keys(bodyOf(answer)).slice(0, 5)).toEqual([
      "current_credits",
      "granted_credits",
      "pending_credits",
      "held_credits",
      "burn_rates",
    ]);
    expect(writtenFields(answer)).toMatchObject({
      current_credits: "123456789012.123456789012345678901234567891",
      granted_credits: "null",
      pending_credits: "0.0",
    });
  });

  test("tells what an open drop holds back, until it is decided", async () => {
    await post(vcpu("pending", "2026-11-23T09:00:00Z", "100"));
    await post(vcpu("pending", "2026-11-23T09:05:00Z", "110"));
    await post(vcpu("pending", "2026-11-23T09:10:00Z", "40"));
    const other = { site: "6544" };
    await post(
      vcpu("pending", "2026-11-23T09:00:00Z", "7", other),
      vcpu("pending", "2026-11-23T09:05:00Z", "1", other),
      vcpu("pending", "2026-11-23T09:10:00Z", "1.125", other),
    );
    expect(writtenFields(await credits("pending"))).toMatchObject({
      current_credits: "10.0",
      granted_credits: "null",
      pending_credits: "0.125",
    });
    await post(vcpu("pending", "2026-11-23T09:20:00Z", "60"));
    expect(writtenFields(await credits("pending"))).toMatchObject({
      current_credits: "10.0",
      granted_credits: "null",
      pending_credits: "20.125",
    });
    await post(vcpu("pending", "2026-11-23T10:11:00Z", "61"));
    expect(writtenFields(await credits("pending"))).toMatchObject({
      current_credits: "31.0",
      granted_credits: "null",
      pending_credits: "0.125",
    });
  });

  test("knows a project by its name, byte for byte", async () => {
    const name = `Zoë's "plant" genomes/2, 100% & more`;
    await post(vcpu(name, "2026-11-23T09:00:00Z", 0), vcpu(name, "2026-11-23T09:01:00Z", 8));
    expect(writtenFields(await credits(name))).toMatchObject({
      current_credits: "8.0",
      granted_credits: "null",
      pending_credits: "0.0",
    });
    expect((await credits(name.toLowerCase())).statusCode).toBe(404);
  });

  test.each(["nobody", "nul\0byte"])("does not know %j", async (name) => {
    const answer = await credits(name);
    expect(answer.statusCode).toBe(404);
    expect(bodyOf(answer)).toMatchObject({
      detail: `No credits found for ${name}.`,
      status: 404,
    });
  });
});

describe("GET /api/credits_history/{project_name}", () => {
  beforeAll(() =>
    post(
      vcpu("history", "2026-11-23T02:43:03Z", 0),
      vcpu("history", "2026-11-23T04:00:00Z", 77),
      vcpu("history", "2026-11-23T02:43:03Z", 1, { metric: "project_mb_usage" }),
      vcpu("history", "2026-11-23T03:30:00Z", 11, { metric: "project_mb_usage" }),
    ),
  );

  test("tells the used credits after each step, with the metric that caused it", async () => {
    const steps = JSON.parse((await history("history")).body);
    expect(Object.keys(steps)).toEqual(["timestamps", "credits", "metrics"]);
    expect(steps.timestamps).toEqual([
      "2026-11-23 02:43:03",
      "2026-11-23 03:00:00",
      "2026-11-23 03:00:00",
      "2026-11-23 03:30:00",
      "2026-11-23 04:00:00",
    ]);
    expect(steps.metrics.slice(1)).toEqual([
      "project_mb_usage",
      "project_vcpu_usage",
      "project_mb_usage",
      "project_vcpu_usage",
    ]);
    expect(steps.credits[0]).toBe(0);
    expect(steps.credits.at(-1)).toBeCloseTo(80, 9);
    expect(steps.credits).toEqual(steps.credits.toSorted((a: number, b: number) => a - b));
  });

  test.each([
    [{ start_date: "2026-11-23 03:00:00" }, 4],
    [{ end_date: "2026-11-23 03:00:00" }, 3],
    [{ start_date: "2026-11-23 03:00:00", end_date: "2026-11-23 03:30:00" }, 3],
    [{ start_date: "", end_date: "" }, 5],
  ])("bounds are inclusive: %j leaves %i steps", async (query, count) => {
    expect(JSON.parse((await history("history", query)).body).timestamps).toHaveLength(count);
  });

  test.each([
    [{ start_date: "2026-11-23" }, 400],
    [{ start_date: "2026-02-30 00:00:00" }, 400],
    [{ end_date: "yesterday" }, 400],
    [{ start_date: "2026-11-23 03:00:00", end_date: "2026-11-23 03:00:00" }, 400],
    [{ start_date: "2026-11-23 03:00:00", end_date: "2026-11-23 02:00:00" }, 400],
    [{ start_date: "2027-01-01 00:00:00" }, 404],
  ])("%j is answered with %i", async (query, status) => {
    const answer = await history("history", query as Record<string, string>);
    expect(answer.statusCode).toBe(status);
    if (status === 404) {
      expect(bodyOf(answer).detail).toBe("No data available for given parameters.");
    } else expect(bodyOf(answer).errors[0].at).toMatch(/_date$/);
  });

  test("points leaves some of the steps, and says how many there were", async () => {
    const whole = await history("history");
    expect(whole.headers["x-credits-points"]).toBe("5");
    expect(whole.headers).not.toHaveProperty("x-credits-thinned");
    expect((await history("history", { points: "" })).body).toBe(whole.body);
    expect((await history("history", { points: "5" })).body).toBe(whole.body);

    const thinned = await history("history", { points: "3" });
    expect(thinned.headers).toMatchObject({ "x-credits-points": "5", "x-credits-thinned": "3" });
    const all = JSON.parse(whole.body);
    const left = JSON.parse(thinned.body);
    for (const name of ["timestamps", "credits", "metrics"]) {
      expect(left[name]).toHaveLength(3);
      expect([left[name][0], left[name][2]]).toEqual([all[name][0], all[name].at(-1)]);
    }
  });

  test.each(["2", "10001", "-5", "3.5", "many"])("points=%s is refused", async (points) => {
    const answer = await history("history", { points });
    expect(answer.statusCode).toBe(400);
    expect(bodyOf(answer).errors).toMatchObject([
      { at: "points", detail: "points must be a whole number from 3 to 10000" },
    ]);
  });

  test("an unknown project has no data, a blank name is refused", async () => {
    expect(bodyOf(await history("nobody")).detail).toBe("No data available for given parameters.");
    expect((await history("  ")).statusCode).toBe(400);
  });
});
