import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { UnreadableMessage } from "./message.ts";
import { keyAttribute } from "./sender-key.ts";

/** The reason for which a message can never be billed; it goes with it to the dead letters. */
export interface PermanentFailure {
  readonly code: string;
  readonly reason: string;
}

/**
 * Decides what becomes a dead letter: a message that cannot be read, and one that the database refuses for
 * what it holds. undefined: the same message may succeed another time.
 */
export const permanentFailure =
  (refusedDataCode: (error: unknown) => string | undefined) =>
  (error: unknown): PermanentFailure | undefined => {
    if (error instanceof UnreadableMessage) return { code: error.code, reason: error.message };
    const code = refusedDataCode(error);
    if (code === undefined) return undefined;
    return { code: `sql-${code}`, reason: (error as Error).message };
  };

export interface DeadLetter extends PermanentFailure {
  readonly body: string;
  /** The id that the message had on its queue. */
  readonly messageId: string;
  /** Of the key that sent it; undefined: not known. */
  readonly keyId: string | undefined;
}

/** Puts a message aside, with the reason where an operator sees it. */
export type SendDeadLetter = (letter: DeadLetter) => Promise<void>;

export const sendDeadLetter =
  (client: SQSClient, queueUrl: string): SendDeadLetter =>
  async ({ body, messageId, keyId = "", code, reason }) => {
    const attribute = (value: string) => ({ DataType: "String", StringValue: value });
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        MessageAttributes: {
          code: attribute(code),
          reason: attribute(reason.slice(0, 1_000) || "unknown"),
          messageId: attribute(messageId),
          ...keyAttribute(keyId),
        },
      }),
    );
  };
