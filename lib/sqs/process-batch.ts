import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { PermanentFailure, SendDeadLetter } from "./dead-letters.ts";

export interface BatchSteps<Content> {
  readonly decode: (body: string) => Content;
  /** All or nothing. */
  readonly process: (contents: readonly Content[]) => Promise<void>;
  readonly sendDeadLetter: SendDeadLetter;
  /** undefined: the same message may succeed another time. */
  readonly permanentFailure: (error: unknown) => PermanentFailure | undefined;
  /** Whether each message alone would fail in the same way, as when the database is away. */
  readonly isOutage: (error: unknown) => boolean;
  readonly onFailure: (messageId: string | undefined, error: unknown) => void;
}

/**
 * Processes a batch as a whole, and where that fails message by message, so that a bad message delays no
 * other one. Answers which messages are to come again; all others may be deleted.
 */
export async function processBatch<Content>(
  { Records }: SQSEvent,
  batch: BatchSteps<Content>,
): Promise<SQSBatchResponse> {
  const failed = new Set<string>();
  const decoded = await decodeAll(Records, batch, failed);
  try {
    await batch.process(decoded.map(({ content }) => content));
  } catch (error) {
    batch.onFailure(undefined, error);
    if (batch.isOutage(error)) for (const { record } of decoded) failed.add(record.messageId);
    else await processEach(decoded, batch, failed);
  }
  return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
}

interface Decoded<Content> {
  readonly record: SQSRecord;
  readonly content: Content;
}

async function decodeAll<Content>(
  records: readonly SQSRecord[],
  batch: BatchSteps<Content>,
  failed: Set<string>,
): Promise<readonly Decoded<Content>[]> {
  const decoded: Decoded<Content>[] = [];
  for (const record of records) {
    try {
      decoded.push({ record, content: batch.decode(record.body) });
    } catch (error) {
      await settle(record, error, batch, failed);
    }
  }
  return decoded;
}

async function processEach<Content>(
  decoded: readonly Decoded<Content>[],
  batch: BatchSteps<Content>,
  failed: Set<string>,
): Promise<void> {
  for (const { record, content } of decoded) {
    try {
      await batch.process([content]);
    } catch (error) {
      await settle(record, error, batch, failed);
    }
  }
}

/** Puts a message that can never succeed among the dead letters; every other one comes again. */
async function settle<Content>(
  { messageId, body }: SQSRecord,
  error: unknown,
  { permanentFailure, sendDeadLetter, onFailure }: BatchSteps<Content>,
  failed: Set<string>,
): Promise<void> {
  onFailure(messageId, error);
  const failure = permanentFailure(error);
  if (failure === undefined) {
    failed.add(messageId);
    return;
  }
  try {
    await sendDeadLetter({ body, messageId, ...failure });
  } catch (cause) {
    onFailure(messageId, cause);
    failed.add(messageId);
  }
}
