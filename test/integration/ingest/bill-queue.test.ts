import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { encodeMessages } from "../../../lib/sqs/message.ts";
import { keys } from "../../support/api-keys.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";
import { receiveAll } from "../../support/servers/queues.ts";

let functions: Functions;
beforeAll(async () => {
  functions = await loadFunctions();
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

const message = (
  projectName: string,
  minute: number,
  value: string,
  metric = "project_vcpu_usage",
) =>
  encodeMessages([
    {
      projectName,
      metric,
      site: "",
      resource: "",
      timeMs: Date.UTC(2026, 10, 23, 9, minute),
      value,
    },
  ])[0] ?? "";
const used = async (project_name: string) => {
  const call = { headers: { "x-api-key": keys.read }, pathParameters: { project_name } };
  return JSON.parse((await functions.call("credits", call)).body).current_credits;
};
const deadLetters = async () => {
  const letters = await receiveAll(functions.queues.client, functions.queues.deadLettersUrl);
  return letters.map(({ Body, MessageAttributes: attributes }) => ({
    body: Body,
    code: attributes?.["code"]?.StringValue,
    reason: attributes?.["reason"]?.StringValue,
  }));
};

test("one transaction bills what several messages hold", async () => {
  const batch = [message("batch", 0, "1"), message("batch", 1, "2"), message("batch", 2, "4")];
  expect(await functions.bill(...batch)).toEqual([]);
  expect(await used("batch")).toBe(3);
  expect(await functions.bill(...batch)).toEqual([]);
  expect(await used("batch")).toBe(3);
});

test.each([
  ["is not JSON", "{", "message-invalid"],
  ["has another shape", '{"version":1,"rows":[]}', "message-invalid"],
  ["has a version of the future", '{"version":3,"series":[]}', "message-version-unknown"],
  [
    "has a value that cannot be",
    message("never", 0, "1").replace('"1"', '"-1"'),
    "message-invalid",
  ],
  // A name that the receiver would have refused, and PostgreSQL does.
  ["violates the database", message("nul\0", 0, "1"), "sql-22021"],
])(
  "a message that %s goes to the dead letters with code and reason, and delays nothing",
  async (name, bad, code) => {
    const before = message(name, 0, "10");
    const after = message(name, 1, "15");
    expect(await functions.bill(before, bad, after)).toEqual([]);
    expect(await used(name)).toBe(5);
    expect(await deadLetters()).toEqual([{ body: bad, code, reason: expect.stringMatching(/./) }]);
  },
);

test("what has no tariff yet comes again, its neighbours are billed", async () => {
  const bodies = [
    message("tariff", 0, "1"),
    message("tariff", 0, "1", "gpu"),
    message("tariff", 1, "2"),
  ];
  expect(await functions.bill(...bodies)).toEqual(["message-1"]);
  expect(await used("tariff")).toBe(1);
  expect(await deadLetters()).toEqual([]);
});

test("while the database is away the whole batch comes again and nothing is dead-lettered", async () => {
  await functions.database.refuseConnections();
  const bodies = [message("outage", 0, "1"), message("outage", 1, "3")];
  expect(await functions.bill(...bodies)).toEqual(["message-0", "message-1"]);
  expect(await deadLetters()).toEqual([]);
  await functions.database.acceptConnections();
  expect(await functions.bill(...bodies)).toEqual([]);
  expect(await used("outage")).toBe(2);
});
