import type { SQSEvent } from "aws-lambda";
import { loadConfig } from "../lib/config.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { refusedDataCode } from "../lib/postgres/database/errors.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { withLedger } from "../lib/postgres/ledger/billing-ledger.ts";
import { stopAfter } from "../lib/schedule.ts";
import { createSqsClient } from "../lib/sqs/client.ts";
import { permanentFailure, sendDeadLetter } from "../lib/sqs/dead-letters.ts";
import { decodeMessage } from "../lib/sqs/message.ts";
import { processBatch } from "../lib/sqs/process-batch.ts";
import { returnSoon } from "../lib/sqs/return-soon.ts";
import { senderKey } from "../lib/sqs/sender-key.ts";
import { readBillerQueues } from "../lib/sqs/sqs-settings.ts";
import { billMessages, countMessages } from "../lib/usecases/ledger/bill-measurements.ts";
import { Unavailable } from "../lib/usecases/unavailable.ts";

const { database, queues } = loadConfig({ database: readDatabase, queues: readBillerQueues });
const ledger = withLedger(createPool(database, { connectionsMax: 1, statementTimeoutMs: 50_000 }));
const sqs = createSqsClient(queues.endpoint);
// A round that takes longer leaves the rest to the next one, and lets other messages have their turn.
const roundMs = 10_000;

export const handler = (event: SQSEvent) => {
  const shouldStop = stopAfter(roundMs);
  return processBatch(event, {
    decode: (record) => ({ ...decodeMessage(record.body), keyId: senderKey(record) }),
    process: async (messages) => {
      const unfinished = await billMessages(messages, ledger, shouldStop);
      logger.info({ ...countMessages(messages), unfinished: unfinished.size }, "billed");
      return unfinished;
    },
    returnSoon: returnSoon(sqs, queues.measurementsUrl),
    sendDeadLetter: sendDeadLetter(sqs, queues.deadLettersUrl),
    permanentFailure: permanentFailure(refusedDataCode),
    isOutage: (error) => error instanceof Unavailable,
    onFailure: (messageId, err) => logger.error({ messageId, err }, "billing failed"),
  });
};
