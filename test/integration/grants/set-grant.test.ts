import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { adminOf, bodyOf, faultsOf } from "../../support/admin-calls.ts";
import { ledgerOf, measured } from "../../support/ledger/ledger-fixture.ts";
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

const reason = "approved";
const key = (text: string) => ({ "idempotency-key": text });
const revision = async (project: string) => {
  const { rows } = await functions.database.pool.query(
    "select revision::int from projects where project_name = $1",
    [project],
  );
  return rows[0]?.revision;
};

describe("a grant", () => {
  test("comes before the first measurement, and stays with it", async () => {
    const answer = await admin.grant("early", { granted_credits: 100, reason });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toMatch(
      /^{"project_name":"early","granted_credits":100\.0,"actor":"the-admin-key","reason":"approved","at":"20[^"]+Z"}$/,
    );
    expect(writtenFields(await admin.credits("early"))).toMatchObject({
      current_credits: "0.0",
      granted_credits: "100.0",
      pending_credits: "0.0",
    });
    expect((await admin.history("early")).statusCode).toBe(404);
    await ledgerOf(functions.database).bill(measured("early", 0, "1"), measured("early", 60, "3"));
    expect(writtenFields(await admin.credits("early"))).toMatchObject({
      current_credits: "2.0",
      granted_credits: "100.0",
      pending_credits: "0.0",
    });
  });

  test("leaves a row with actor and reason whenever it changes, and only then", async () => {
    await admin.grant("rows", { granted_credits: 100, reason, actor: "Zoë" });
    const before = await revision("rows");
    const same = await admin.grant("rows", { granted_credits: "100.00", reason: "again" });
    expect(bodyOf(same)).toMatchObject({ granted_credits: 100, actor: "Zoë", reason });
    expect(await revision("rows")).toBe(before);
    await admin.grant("rows", { granted_credits: 0, reason: "ended" });
    await admin.grant("rows", { granted_credits: 100, reason: "prolonged" });
    expect(await admin.grants("rows")).toEqual([
      { credits: "100", source: "admin", actor: "Zoë", reason },
      { credits: "0", source: "admin", actor: "the-admin-key", reason: "ended" },
      { credits: "100", source: "admin", actor: "the-admin-key", reason: "prolonged" },
    ]);
    expect(await revision("rows")).toBe(before + 2);
    const confirmed = await admin.grant("rows", { granted_credits: 100, reason: "confirmed" });
    expect(bodyOf(confirmed).reason).toBe("prolonged");
  });

  test("gets its row also where no row tells of what is granted", async () => {
    await functions.database.pool.query(
      "insert into projects (project_name, granted_credits) values ('moved', 100)",
    );
    await admin.grant("moved", { granted_credits: 100, reason });
    await functions.database.pool.query(
      "update projects set granted_credits = 200 where project_name = 'moved'",
    );
    await admin.grant("moved", { granted_credits: 200, reason });
    expect((await admin.grants("moved")).map(({ credits }) => credits)).toEqual(["100", "200"]);
  });

  test("is exact to the last digit, as number and as text", async () => {
    const exact = "123456789012345.123456789012345678901234567891";
    const body = (value: string) => `{"granted_credits":${value},"reason":"r"}`;
    for (const [project, value] of [
      ["number", exact],
      ["text", `"${exact}"`],
    ] as const) {
      const answer = await admin.grant(project, body(value));
      expect(answer.body).toContain(`"granted_credits":${exact},`);
      expect((await admin.credits(project)).body).toContain(`"granted_credits":${exact},`);
    }
  });

  test("takes a name with slashes, quotes and blanks as it is", async () => {
    const name = `Zoë's "plant" genomes/2, 100% & more`;
    await admin.grant(name, { granted_credits: 5, reason });
    expect(bodyOf(await admin.credits(name)).granted_credits).toBe(5);
  });
});

describe("the same key", () => {
  test("with the same request answers the same again, and does not grant again", async () => {
    const body = { granted_credits: 100, reason };
    const first = await admin.grant("keyed", body, key("keyed"));
    await admin.grant("keyed", { granted_credits: 200, reason: "more" });
    const again = '{"reason":"approved","granted_credits":1e2}';
    expect(await admin.grant("keyed", again, key("keyed"))).toEqual(first);
    expect(bodyOf(await admin.credits("keyed")).granted_credits).toBe(200);
  });

  test("counts also for a request that changed nothing", async () => {
    const body = { granted_credits: 100, reason };
    await admin.grant("idle", body);
    const first = await admin.grant("idle", body, key("idle"));
    await admin.grant("idle", { granted_credits: 200, reason });
    expect(await admin.grant("idle", body, key("idle"))).toEqual(first);
    expect(bodyOf(await admin.credits("idle")).granted_credits).toBe(200);
  });

  test.each([
    ["other credits", "reused", { granted_credits: 101, reason }],
    ["another reason", "reused", { granted_credits: 100, reason: "another" }],
    ["an actor", "reused", { granted_credits: 100, reason, actor: "somebody" }],
    ["another project", "not reused", { granted_credits: 100, reason }],
  ])("with %s is refused", async (_, project, body) => {
    await admin.grant("reused", { granted_credits: 100, reason }, key("reused"));
    const answer = await admin.grant(project, body, key("reused"));
    expect(answer.statusCode).toBe(422);
    expect(bodyOf(answer)).toMatchObject({ code: "idempotency-key-reused" });
    expect(await admin.grants("reused")).toHaveLength(1);
    expect((await admin.credits("not reused")).statusCode).toBe(404);
  });

  test("for an adjustment is refused", async () => {
    await admin.grant("both", { granted_credits: 1, reason }, key("both"));
    expect((await admin.adjust("both", { credits: 1, reason }, "both")).statusCode).toBe(422);
  });

  test("ten times at once grants once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        admin.grant("at once", { granted_credits: 100, reason }, key("at once")),
      ),
    );
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(await admin.grants("at once")).toHaveLength(1);
  });
});

test("ten different grants at once leave the last row in force", async () => {
  await Promise.all(
    Array.from({ length: 10 }, (_, n) => admin.grant("rivals", { granted_credits: n, reason })),
  );
  const rows = await admin.grants("rivals");
  expect(rows).toHaveLength(10);
  expect(bodyOf(await admin.credits("rivals")).granted_credits).toBe(Number(rows[9]?.credits));
});

describe("a request that is wrong", () => {
  test.each<[string, object | string, string[]]>([
    ["no credits", { reason }, ["granted_credits"]],
    ["negative credits", { granted_credits: -1, reason }, ["granted_credits"]],
    ["credits that are no number", { granted_credits: "many", reason }, ["granted_credits"]],
    ["too many credits", '{"granted_credits":1e15,"reason":"r"}', ["granted_credits"]],
    ["null", { granted_credits: null, reason: null }, ["granted_credits", "reason"]],
    ["an adjustment", { credits: 1, reason }, ["credits", "granted_credits"]],
    ["a time", { granted_credits: 1, reason, time: "2024-11-01T10:00:00Z" }, ["time"]],
    ["no JSON", "granted_credits=1", ["body"]],
  ])("by %s is told every field at fault", async (_, body, fields) => {
    const answer = await admin.grant("wrong", body);
    expect(answer.statusCode).toBe(400);
    expect(faultsOf(answer)).toEqual(fields);
    expect((await admin.credits("wrong")).statusCode).toBe(404);
  });

  test("by project, key and fields is told all of them", async () => {
    const answer = await admin.grant("nul\0byte", {}, key(" "));
    expect(faultsOf(answer)).toEqual([
      "Idempotency-Key",
      "granted_credits",
      "project_name",
      "reason",
    ]);
  });
});
