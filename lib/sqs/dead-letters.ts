import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";

export interface DeadLetter {
  readonly body: string;
  /** The id that the message had on its queue. */
  readonly messageId: string;
  readonly code: string;
  readonly reason: string;
}

/** Puts a message aside that can never be billed, with the reason where an operator sees it. */
export type SendDeadLetter = (letter: DeadLetter) => Promise<void>;

export const sendDeadLetter =
  (client: SQSClient, queueUrl: string): SendDeadLetter =>
  async ({ body, messageId, code, reason }) => {
    const attribute = (value: string) => ({ DataType: "String", StringValue: value });
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        MessageAttributes: {
          code: attribute(code),
          reason: attribute(reason.slice(0, 1_000) || "unknown"),
          messageId: attribute(messageId),
        },
      }),
    );
  };
