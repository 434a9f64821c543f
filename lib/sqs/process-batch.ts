import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Unfinished } from "../usecases/ledger/bill-measurements.ts";
import type { PermanentFailure, SendDeadLetter } from "./dead-letters.ts";
import { senderKey } from "./sender-key.ts";

export interface BatchSteps<Content> {
  readonly decode: (record: SQSRecord) => Content;
  /** Answers which it has not finished, by their places; an error means that any of them may be. */
  readonly process: (contents: readonly Content[]) => Promise<Unfinished>;
  /** Lets messages that are left come again before their visibility timeout. */
  readonly returnSoon: (records: readonly SQSRecord[]) => Promise<void>;
  readonly sendDeadLetter: SendDeadLetter;
  /** undefined: the same message may succeed another time. */
  readonly permanentFailure: (error: unknown) => PermanentFailure | undefined;
  /** Whether each message alone would fail in the same way, as when the database is away. */
  readonly isOutage: (error: unknown) => boolean;
  readonly onFailure: (messageId: string | undefined, error: unknown) => void;
}

// A message that comes for the fifth time fails, or is more work than the others: it has its turn alone.
const togetherMax = 4;

/**
 * Processes a batch as a whole, and where that fails message by message, so that a bad message delays no
 * other one; messages that came often are processed alone, after the others. Answers which messages are to
 * come again; all others may be deleted.
 */
export async function processBatch<Content>(
  { Records }: SQSEvent,
  batch: BatchSteps<Content>,
): Promise<SQSBatchResponse> {
  const failed = new Set<string>();
  const decoded = await decodeAll(Records, batch, failed);
  const together = decoded.filter(({ record }) => timesReceived(record) <= togetherMax);
  const alone = decoded.filter(({ record }) => timesReceived(record) > togetherMax);
  if (together.length > 0) await processTogether(together, batch, failed);
  await processEach(alone, batch, failed);
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
      decoded.push({ record, content: batch.decode(record) });
    } catch (error) {
      await settle(record, error, batch, failed);
    }
  }
  return decoded;
}

const timesReceived = ({ attributes }: SQSRecord): number =>
  Number(attributes?.ApproximateReceiveCount ?? 1);

async function processTogether<Content>(
  decoded: readonly Decoded<Content>[],
  batch: BatchSteps<Content>,
  failed: Set<string>,
): Promise<void> {
  try {
    await processSome(decoded, batch, failed);
  } catch (error) {
    batch.onFailure(undefined, error);
    if (batch.isOutage(error)) for (const { record } of decoded) failed.add(record.messageId);
    else await processEach(decoded, batch, failed);
  }
}

async function processSome<Content>(
  decoded: readonly Decoded<Content>[],
  { process, returnSoon, onFailure }: BatchSteps<Content>,
  failed: Set<string>,
): Promise<void> {
  const { left, early } = await process(decoded.map(({ content }) => content));
  for (const [place, { record }] of decoded.entries()) {
    if (left.has(place) || early.has(place)) failed.add(record.messageId);
  }
  const returning = decoded.filter((_, place) => left.has(place)).map(({ record }) => record);
  if (returning.length === 0) return;
  try {
    await returnSoon(returning);
  } catch (error) {
    // They come again at their visibility timeout: nothing is lost but time.
    onFailure(undefined, error);
  }
}

async function processEach<Content>(
  decoded: readonly Decoded<Content>[],
  batch: BatchSteps<Content>,
  failed: Set<string>,
): Promise<void> {
  for (const one of decoded) {
    try {
      await processSome([one], batch, failed);
    } catch (error) {
      await settle(one.record, error, batch, failed);
    }
  }
}

/** Puts a message that can never succeed among the dead letters; every other one comes again. */
async function settle<Content>(
  record: SQSRecord,
  error: unknown,
  { permanentFailure, sendDeadLetter, onFailure }: BatchSteps<Content>,
  failed: Set<string>,
): Promise<void> {
  const { messageId, body } = record;
  onFailure(messageId, error);
  const failure = permanentFailure(error);
  if (failure === undefined) {
    failed.add(messageId);
    return;
  }
  try {
    await sendDeadLetter({ body, messageId, keyId: senderKey(record), ...failure });
  } catch (cause) {
    onFailure(messageId, cause);
    failed.add(messageId);
  }
}
