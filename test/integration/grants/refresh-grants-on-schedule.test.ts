import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Context } from "aws-lambda";
import { adminOf, bodyOf } from "../../support/admin-calls.ts";
import { type FakePortal, startPortal } from "../../support/notices/fake-portal.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";
import { stopServers } from "../../support/servers/listening.ts";

let functions: Functions;
let portal: FakePortal;
let admin: ReturnType<typeof adminOf>;
beforeAll(async () => {
  portal = await startPortal();
  functions = await loadFunctions({
    API_CONTACT_BASE_URL: new URL("/api", portal.url).href,
    API_CONTACT_KEY: "portal-key",
  });
  admin = adminOf(functions);
  await admin.grant("scheduled", { granted_credits: 5, reason: "until the portal knows it" });
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
  await stopServers();
});

const withTime = (ms: number) => ({ getRemainingTimeInMillis: () => ms }) as Context;

test("the function asks the portal of the settings, as long as its time is enough", async () => {
  const { handler } = await import("../../../functions/refresh-grants.ts");
  expect(await handler({}, withTime(39_000))).toMatchObject({ asked: 0, isFinished: false });
  expect(await handler({}, withTime(240_000))).toMatchObject({ asked: 1, isFinished: true });
  portal.otherwise = "120.5";
  expect(await handler({}, withTime(240_000))).toMatchObject({ asked: 1, changed: 1 });
  expect(portal.requests.at(-1)).toEqual({
    path: "/api/secure/granted-credits/",
    key: "portal-key",
  });
  expect(bodyOf(await admin.credits("scheduled")).granted_credits).toBe(120.5);
});

test("without a portal the function does nothing", async () => {
  process.env["API_CONTACT_BASE_URL"] = "";
  const module = "../../../functions/refresh-grants.ts?without-a-portal";
  const { handler } = await import(module);
  const asked = portal.asked.length;
  expect(await handler({}, withTime(240_000))).toBeNull();
  expect(portal.asked).toHaveLength(asked);
});
