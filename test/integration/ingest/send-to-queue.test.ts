import type { SendMessageBatchRequest } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { measurementQueue } from "../../../lib/sqs/measurement-queue.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";
import { receiveAll } from "../../support/servers/queues.ts";

let functions: Functions;
beforeAll(async () => {
  functions = await loadFunctions({ OS_CREDITS_PROJECT_WHITELIST: "listed" });
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

/**
 * The groups of the messages in which measurements of these sites go to the queue, by the key
 * "exporter". They are read on the way, because the embedded queue does not keep them.
 */
async function groupsOf(sites: readonly string[]): Promise<readonly (string | undefined)[]> {
  const { client, measurementsUrl } = functions.queues;
  const groups: (string | undefined)[] = [];
  const name = "read-groups";
  client.middlewareStack.add(
    (next) => (call) => {
      const { Entries = [] } = call.input as SendMessageBatchRequest;
      groups.push(...Entries.map(({ MessageGroupId }) => MessageGroupId));
      return next(call);
    },
    { step: "initialize", name },
  );
  const measurements = sites.map((site) => ({
    projectName: "listed",
    metric: "project_vcpu_usage",
    site,
    resource: "",
    timeMs: Date.UTC(2026, 10, 23, 9),
    value: "1",
  }));
  await measurementQueue(client, measurementsUrl).enqueue({
    measurements,
    dropped: undefined,
    keyId: "exporter",
  });
  client.middlewareStack.remove(name);
  expect(await receiveAll(client, measurementsUrl)).toHaveLength(groups.length);
  return groups.sort();
}

test("each site's measurements go in messages of the site's own group", async () => {
  expect(await groupsOf(["8676", "8677", "8676"])).toEqual(["site:8676", "site:8677"]);
});

test("what has no site goes in the sender's group", async () => {
  expect(await groupsOf(["", "8676"])).toEqual(["key:exporter", "site:8676"]);
});

test("a site that SQS could not name as a group has one of its own all the same", async () => {
  const groups = await groupsOf(["Gießen 🚀", "Gießen 🛰", "x".repeat(200)]);
  expect(new Set(groups).size).toBe(3);
  for (const group of groups) expect(group).toMatch(/^site:[0-9a-f]{64}$/);
});

test("a request of many sites is not taken apart", async () => {
  const sites = Array.from({ length: 11 }, (_, index) => `site-${index}`);
  expect(await groupsOf(sites)).toEqual(["key:exporter"]);
  expect(await groupsOf(sites.slice(1))).toHaveLength(10);
});

test("what was dropped is added up per key, hour and reason, however it arrives", async () => {
  const { pool } = functions.database;
  const clock = jest.spyOn(Date, "now").mockReturnValue(Date.UTC(2026, 10, 23, 9, 59, 59, 999));
  const page =
    'project_vcpu_usage{project_name="listed"} 1\nproject_vcpu_usage{project_name="unlisted"} 1\n' +
    'project_vcpu_usage{project_name="listed",location_id="1"} -1\npython_info 1\npython_gc 1\n';
  const headers = { "content-type": "text/plain" };
  const one = await functions.receive({ headers, body: page });
  expect(JSON.parse(one.body)).toMatchObject({
    accepted: 1,
    dropped: { unpriced: 2, unlisted: 1 },
  });
  const other = await functions.receive({ headers, body: "python_info 1\n" });
  expect(other.statusCode).toBe(202);
  clock.mockRestore();
  expect(await functions.billQueued()).toBe(2);
  const { rows } = await pool.query(
    "select key_id, reason, count::int, hour from samples_dropped order by reason",
  );
  const hour = new Date(Date.UTC(2026, 10, 23, 9));
  expect(rows).toEqual(
    [
      ["faulty", 1],
      ["unlisted", 1],
      ["unpriced", 3],
    ].map(([reason, count]) => ({ key_id: "the-ingest-key", reason, count, hour })),
  );
});

test("nothing dropped leaves nothing behind", async () => {
  await functions.database.pool.query("delete from samples_dropped");
  await functions.receive({
    headers: { "content-type": "text/plain" },
    body: 'project_vcpu_usage{project_name="listed"} 2\n',
  });
  expect(await functions.billQueued()).toBe(1);
  const { rows } = await functions.database.pool.query("select from samples_dropped");
  expect(rows).toEqual([]);
});
