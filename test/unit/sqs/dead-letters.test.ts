import type { SendMessageCommand, SendMessageCommandInput, SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, test } from "@jest/globals";
import { permanentFailure, sendDeadLetter } from "../../../lib/sqs/dead-letters.ts";
import { UnreadableMessage } from "../../../lib/sqs/message.ts";

async function sent(reason: string): Promise<SendMessageCommandInput | undefined> {
  const inputs: SendMessageCommandInput[] = [];
  const client = { send: async ({ input }: SendMessageCommand) => void inputs.push(input) };
  const send = sendDeadLetter(client as unknown as SQSClient, "dead-letters");
  await send({ body: "{", messageId: "m1", keyId: "north", code: "message-invalid", reason });
  return inputs[0];
}
const text = (StringValue: string) => ({ DataType: "String", StringValue });

test("a dead letter is the message as it was, with its id, a code and the reason", async () => {
  expect(await sent("The message is not JSON.")).toEqual({
    QueueUrl: "dead-letters",
    MessageBody: "{",
    MessageAttributes: {
      code: text("message-invalid"),
      reason: text("The message is not JSON."),
      messageId: text("m1"),
      keyId: text("north"),
    },
  });
});

// SQS refuses an attribute that is empty, and 1 MiB in all.
test.each([
  ["empty", "", "unknown"],
  ["very long", "x".repeat(300_000), "x".repeat(1_000)],
])("a reason that is %s does not keep the letter from being taken", async (_, reason, expected) => {
  expect((await sent(reason))?.MessageAttributes?.["reason"]).toEqual(text(expected));
});

describe("a failure is permanent", () => {
  const decide = permanentFailure((error) =>
    (error as Error).message === "refused data" ? "22003" : undefined,
  );

  test.each<[string, Error, object | undefined]>([
    [
      "where the message cannot be read",
      new UnreadableMessage("message-version-unknown", "x"),
      { code: "message-version-unknown", reason: "x" },
    ],
    [
      "where the database refuses the data",
      new Error("refused data"),
      { code: "sql-22003", reason: "refused data" },
    ],
    ["and any other is not", new Error("deadlock"), undefined],
  ])("%s", (_, error, expected) => {
    expect(decide(error)).toEqual(expected);
  });
});
