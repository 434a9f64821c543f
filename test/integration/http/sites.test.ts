import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { bodyOf } from "../../support/admin-calls.ts";
import { keys } from "../../support/api-keys.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";

let functions: Functions;
beforeAll(async () => {
  functions = await loadFunctions();
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

const sites = async () =>
  bodyOf(await functions.call("sites", { headers: { "x-api-key": keys.read } })).data;

test("GET /api/sites tells how fresh each site is, by name, and which is silent", async () => {
  expect(await sites()).toEqual([]);
  const measurements = [
    ["genomics", "berlin", "a", "2026-11-23T01:00:00Z"],
    ["genomics", "berlin", "b", "2026-11-23T02:00:00Z"],
    ["atlas", "berlin", "c", "2026-11-23T01:30:00Z"],
    ["atlas", "Bielefeld", "d", "2026-11-23T00:00:00Z"],
  ].map(([project_name, site, resource, time]) => {
    return { project_name, site, resource, time, metric: "project_vcpu_usage", value: 1 };
  });
  await functions.receive({ body: JSON.stringify({ measurements }) });
  await functions.billQueued();
  const reports = { silent: false, silent_since: null };
  const bielefeld = {
    site: "Bielefeld",
    last_measured: "2026-11-23T00:00:00Z",
    series: 1,
    projects: 1,
  };
  const berlin = { site: "berlin", last_measured: "2026-11-23T02:00:00Z", series: 3, projects: 2 };
  expect(await sites()).toEqual([
    { ...bielefeld, ...reports },
    { ...berlin, ...reports },
  ]);

  // As watch-sites records it.
  await functions.database.pool.query(
    "insert into sites (site, silent_since) values ('berlin', '2026-11-23T02:00:00Z')",
  );
  expect(await sites()).toEqual([
    { ...bielefeld, ...reports },
    { ...berlin, silent: true, silent_since: "2026-11-23T02:00:00Z" },
  ]);
});
