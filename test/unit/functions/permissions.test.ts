import type { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { encodeMessages } from "../../../lib/sqs/message.ts";
import { apiKeysJson, keys, linkKeysJson } from "../../support/api-keys.ts";
import { httpEvent, lambdaContext } from "../../support/http-event.ts";
import { sqsEvent } from "../../support/servers/queues.ts";
import { environmentOf, functionNamed, functionNames, roleOf } from "../../support/service-file.ts";
import { sources } from "../house/source-file.ts";

const given = {
  DATABASE_URL: "postgres://u:p@localhost/credits",
  API_KEYS: apiKeysJson,
  LINK_KEYS: linkKeysJson,
  LOG_LEVEL: "silent",
};
const measurement = {
  projectName: "genomics",
  metric: "project_vcpu_usage",
  site: "",
  resource: "",
  timeMs: Date.UTC(2026, 10, 23, 9),
  value: "1",
};

/** Events that make a function ask SQS for all that it ever asks for. */
const events: Readonly<Record<string, unknown>> = {
  "receive-measurements": httpEvent({
    method: "POST",
    path: "/measurements",
    headers: { "x-api-key": keys.ingest, "content-type": "application/json" },
    body: JSON.stringify({
      measurements: [
        { project_name: "a", metric: "project_vcpu_usage", value: 1, time: Date.now() },
      ],
    }),
  }),
  // One message that can never be read, and one that the round below leaves unfinished.
  "bill-measurements": sqsEvent("{", ...encodeMessages([measurement])),
};

interface Command {
  readonly input: { readonly QueueUrl: string; readonly Entries?: readonly { Id: string }[] };
}
interface Asked {
  readonly command: string;
  readonly queue: string;
}
const asked = new Map<string, readonly Asked[]>();
const clients = new Set<string>();
const before = { ...process.env };

/** Loads each function with its environment, in which a queue's URL is its name, and invokes it. */
beforeAll(async () => {
  let [running, sent] = ["", [] as Asked[]];
  const send = async (command: Command) => {
    sent.push({ command: command.constructor.name, queue: command.input.QueueUrl });
    return { Successful: command.input.Entries };
  };
  jest.unstable_mockModule("../../../lib/sqs/client.ts", () => ({
    createSqsClient: () => {
      clients.add(running);
      return { send } as unknown as SQSClient;
    },
  }));
  jest.unstable_mockModule("../../../lib/usecases/ledger/bill-measurements.ts", () => ({
    billMessages: async (messages: readonly unknown[]) => ({
      left: new Set(messages.keys()),
      early: new Set(),
    }),
    countMessages: () => ({}),
  }));
  for (const name of functionNames) {
    [running, sent] = [name, []];
    process.env = { ...environmentOf(name, given) };
    const { handler } = await import(`../../../functions/${name}.ts`);
    if (name in events) await handler(events[name], lambdaContext);
    asked.set(name, sent);
  }
});
afterAll(() => {
  process.env = before;
});

/** `SendMessageBatchCommand` needs the permission `sqs:SendMessage`: batches have none of their own. */
const actionOf = (command: string) => `sqs:${command.replace(/(Batch)?Command$/, "")}`;

const askedBy = (name: string): readonly string[] =>
  (asked.get(name) ?? []).map(({ command, queue }) => `${actionOf(command)} ${queue}`);

// AWS polls the queue, and deletes what is done, by the role of the function.
const askedByTrigger = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

const grantedTo = (name: string): readonly string[] =>
  (roleOf(name).Policies ?? []).flatMap(({ PolicyDocument }) =>
    PolicyDocument.Statement.flatMap(({ Effect, Action, Resource }) => {
      expect(Effect).toBe("Allow");
      return [Action].flat().map((action) => `${action} ${Resource.resource}`);
    }),
  );

test.each(functionNames)(
  "%s may do what its code and its trigger ask of AWS, and no more",
  (name) => {
    const ofTrigger = (functionNamed(name).events ?? []).flatMap(({ sqs }) =>
      sqs === undefined ? [] : askedByTrigger.map((action) => `${action} ${sqs.arn.resource}`),
    );
    const needed = new Set([...askedBy(name), ...ofTrigger]);
    expect([...grantedTo(name)].sort()).toEqual([...needed].sort());
  },
);

test("the events above make the functions ask for everything that the code can ask for", () => {
  expect([...clients].sort()).toEqual(Object.keys(events).sort());
  const known = sources
    .filter(({ room, packages }) => room === "sqs" && packages.includes("@aws-sdk/client-sqs"))
    .flatMap(({ text }) => text.match(/\b\w+Command\b/g) ?? []);
  const invoked = [...asked.values()].flat().map(({ command }) => command);
  expect(new Set(invoked)).toEqual(new Set(known));
});
