import type { SQSEvent } from "aws-lambda";
import { loadConfig } from "../lib/config.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { refusedDataCode } from "../lib/postgres/database/errors.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { withLedger } from "../lib/postgres/ledger/billing-ledger.ts";
import { stopAfter } from "../lib/schedule.ts";
import { readNewSeriesPerHour } from "../lib/settings/new-series.ts";
import { permanentFailure } from "../lib/sqs/dead-letters.ts";
import { decodeRecord } from "../lib/sqs/message.ts";
import { messageReturns } from "../lib/sqs/message-returns.ts";
import { processBatch } from "../lib/sqs/process-batch.ts";
import { readBillerQueues } from "../lib/sqs/sqs-settings.ts";
import { billMessages, countMessages } from "../lib/usecases/ledger/bill-measurements.ts";
import { Unavailable } from "../lib/usecases/unavailable.ts";

const readers = { database: readDatabase, queues: readBillerQueues, perHour: readNewSeriesPerHour };
const { database, queues, perHour } = loadConfig(readers);
const pool = createPool(database, { connectionsMax: 1, statementTimeoutMs: 50_000 });
const ledger = withLedger(pool, perHour);
const returns = messageReturns(queues);
// A round that takes longer leaves the rest to the next one, and lets other messages have their turn.
const roundMs = 10_000;

export const handler = (event: SQSEvent) => {
  const shouldStop = stopAfter(roundMs);
  return processBatch(event, {
    ...returns,
    decode: decodeRecord,
    process: async (messages) => {
      const unfinished = await billMessages(messages, ledger, shouldStop);
      logger.info(countMessages(messages, unfinished), "billed");
      return unfinished;
    },
    permanentFailure: permanentFailure(refusedDataCode),
    isOutage: (error) => error instanceof Unavailable,
    onFailure: (messageId, err) => logger.error({ messageId, err }, "billing failed"),
  });
};
