import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { databaseAt } from "../../../lib/postgres/database/database-settings.ts";
import { createPool } from "../../../lib/postgres/database/pool.ts";
import { withAdjustments } from "../../../lib/postgres/grants/grants-and-adjustments.ts";
import { bookAdjustment } from "../../../lib/usecases/grants/book-adjustment.ts";
import { adminOf, bodyOf } from "../../support/admin-calls.ts";
import { ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
import { verifyProjects } from "../../support/ledger/verify-projects.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";
import { writtenFields } from "../../support/written-fields.ts";

let functions: Functions;
let admin: ReturnType<typeof adminOf>;
beforeAll(async () => {
  functions = await loadFunctions();
  admin = adminOf(functions);
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

const refund = { credits: -2.5, reason: "the site was down" };
const used = async (project: string) => bodyOf(await admin.credits(project)).current_credits;

const verify = (projectName: string) => verifyProjects(functions.database.pool, projectName);

describe("an adjustment", () => {
  test("is booked with the key's id as its actor, and is a step of the history", async () => {
    const ledger = ledgerOf(functions.database);
    await ledger.bill(measured("refunded", 0, "0"), measured("refunded", 60, "8"));
    const answer = await admin.adjust("refunded", refund, randomUUID());
    expect(answer.statusCode).toBe(201);
    expect(answer.body).toMatch(
      /^{"project_name":"refunded","credits":-2\.5,"actor":"the-admin-key","reason":"the site was down","time":"20[^"]+Z"}$/,
    );
    const dated = { ...refund, credits: "3", actor: "Zoë", time: "2024-11-23T11:30:00+02:00" };
    expect(bodyOf(await admin.adjust("refunded", dated, randomUUID()))).toMatchObject({
      actor: "Zoë",
      time: "2024-11-23T09:30:00.000Z",
    });
    expect((await admin.credits("refunded")).body).toMatch('"current_credits":8.5,');
    const { metrics, credits } = bodyOf(await admin.history("refunded"));
    // The refund is of today, which lies before or after the measurements' day.
    expect(metrics.toSorted()).toEqual([
      "adjustment",
      "adjustment",
      "project_vcpu_usage",
      "project_vcpu_usage",
    ]);
    expect(credits.at(-1)).toBe(8.5);
  });

  test("opens the balance of a project that nothing was measured of yet", async () => {
    const opening = { credits: "384.125", reason: "moved here", time: "2024-01-01T00:00:00Z" };
    await admin.adjust("opened", opening, "opening:opened");
    expect(writtenFields(await admin.credits("opened"))).toMatchObject({
      current_credits: "384.125",
      granted_credits: "null",
      pending_credits: "0.0",
    });
    expect(bodyOf(await admin.history("opened"))).toEqual({
      timestamps: ["2024-01-01 00:00:00"],
      credits: [384.125],
      metrics: ["adjustment"],
    });
    await ledgerOf(functions.database).bill(
      measured("opened", 0, "100"),
      measured("opened", 60, "101"),
    );
    expect(await used("opened")).toBe(385.125);
    expect(await verify("opened")).toMatchObject([{ balanceDrift: 0n, hours: 0, states: 0 }]);
  });

  test.each([
    ["-0.000000000000000000000000000001", "-0.000000000000000000000000000001"],
    [
      "123456789012345.123456789012345678901234567891",
      "123456789012345.123456789012345678901234567891",
    ],
    ["-1.50e2", "-150.0"],
    ["1e-30", "0.000000000000000000000000000001"],
  ])("of %s credits is exact to the last digit, as number and as text", async (sent, exact) => {
    const project = `exact ${sent}`;
    const number = await admin.adjust(
      project,
      `{"credits":${sent},"reason":"r"}`,
      `number ${sent}`,
    );
    expect(number.body).toContain(`"credits":${exact},`);
    await admin.adjust(project, `{"credits":"${sent}","reason":"r"}`, `text ${sent}`);
    const stored = await admin.adjustments(project);
    expect(stored.map(({ credits }) => Number(credits))).toEqual([Number(sent), Number(sent)]);
    expect(`${stored[0]?.credits}${exact.endsWith(".0") ? ".0" : ""}`).toBe(exact);
    expect(await verify(project)).toMatchObject([{ balanceDrift: 0n }]);
  });

  test("takes a name with slashes, quotes and blanks as it is", async () => {
    const name = `Zoë's "plant" genomes/2, 100% & more`;
    expect(bodyOf(await admin.adjust(name, refund, randomUUID())).project_name).toBe(name);
    expect(await used(name)).toBe(-2.5);
  });
});

describe("the same key", () => {
  test("with the same request answers the same again, however it is written", async () => {
    const first = await admin.adjust("again", { ...refund, time: "2024-11-01T10:00:00Z" }, "k1");
    for (const body of [
      { ...refund, time: "2024-11-01T10:00:00Z" },
      { time: "2024-11-01T11:00:00.0+01:00", reason: refund.reason, credits: "-2.500" },
      '{"credits":-25e-1,"time":"2024-11-01T10:00:00Z","reason":"the site was down"}',
    ]) {
      expect(await admin.adjust("again", body, "k1")).toEqual(first);
    }
    expect(await used("again")).toBe(-2.5);
  });

  test("answers with the first time where the request names none", async () => {
    const first = await admin.adjust("timeless", refund, "timeless");
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await admin.adjust("timeless", refund, "timeless")).toEqual(first);
  });

  test.each([
    ["other credits", { ...refund, credits: -2.6 }],
    ["the other sign", { ...refund, credits: 2.5 }],
    ["another reason", { ...refund, reason: "another" }],
    ["an actor", { ...refund, actor: "somebody" }],
    ["a time", { ...refund, time: "2024-11-01T10:00:00Z" }],
  ])("with %s is refused, and nothing is booked", async (what, body) => {
    const project = `reused ${what}`;
    await admin.adjust(project, refund, project);
    const answer = await admin.adjust(project, body, project);
    expect(answer.statusCode).toBe(422);
    expect(bodyOf(answer)).toMatchObject({
      code: "idempotency-key-reused",
      title: "Unprocessable Entity",
      errors: [{ at: "Idempotency-Key" }],
    });
    expect(await used(project)).toBe(-2.5);
  });

  test("for another project is refused, and does not create it", async () => {
    await admin.adjust("mine", refund, "mine");
    expect((await admin.adjust("yours", refund, "mine")).statusCode).toBe(422);
    expect((await admin.credits("yours")).statusCode).toBe(404);
  });

  test("is refused where an adjustment was booked with it by other means", async () => {
    await admin.adjust("import", refund, "import 1");
    await functions.database.pool.query(
      "insert into adjustments (idempotency_key, project_id, credits, reason, actor) select 'imported', project_id, 0, 'r', 'a' from projects where project_name = 'import'",
    );
    expect((await admin.adjust("import", refund, "imported")).statusCode).toBe(422);
    expect(await used("import")).toBe(-2.5);
  });

  test("ten times at once books once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => admin.adjust("at once", refund, "at once")),
    );
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(answers.every(({ statusCode }) => statusCode === 201)).toBe(true);
    expect(await used("at once")).toBe(-2.5);
  });

  test("from ten places at once, for two projects, books one of them once", async () => {
    const pool = createPool(databaseAt({ connectionString: functions.database.url }), {
      connectionsMax: 10,
      statementTimeoutMs: 20_000,
    });
    const book = withAdjustments(pool);
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => {
        const projectName = `race ${index % 2}`;
        const one = { projectName, credits: "1", actor: "a", reason: "r", atMs: 0 };
        return bookAdjustment(one, { key: "race", request: projectName }, book);
      }),
    );
    await pool.end();
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    const { rows } = await functions.database.pool.query(
      "select project_name, used_credits::int as used from projects where project_name like 'race _'",
    );
    expect(rows).toEqual([{ project_name: expect.stringMatching(/^race/), used: 1 }]);
  });
});

test("billing and adjusting at once adds up", async () => {
  const ledger = ledgerOf(functions.database);
  await ledger.bill(measured("busy", 0, "0"));
  await Promise.all([
    ...Array.from({ length: 10 }, (_, n) => ledger.bill(measured("busy", n + 1, `${n + 1}`))),
    ...Array.from({ length: 10 }, () =>
      admin.adjust("busy", { ...refund, credits: "0.1" }, randomUUID()),
    ),
  ]);
  expect(await used("busy")).toBe(11);
  expect(await verify("busy")).toMatchObject([{ balanceDrift: 0n, hours: 0, states: 0 }]);
});
