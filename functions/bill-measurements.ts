import type { SQSEvent } from "aws-lambda";
import { loadConfig } from "../lib/config.ts";
import { logger } from "../lib/logger.ts";
import { readDatabase } from "../lib/postgres/database/database-settings.ts";
import { refusedDataCode } from "../lib/postgres/database/errors.ts";
import { createPool } from "../lib/postgres/database/pool.ts";
import { withLedger } from "../lib/postgres/ledger/billing-ledger.ts";
import { createSqsClient } from "../lib/sqs/client.ts";
import { permanentFailure, sendDeadLetter } from "../lib/sqs/dead-letters.ts";
import { decodeMessage } from "../lib/sqs/message.ts";
import { processBatch } from "../lib/sqs/process-batch.ts";
import { readDeadLetterQueue } from "../lib/sqs/sqs-settings.ts";
import { billMeasurements } from "../lib/usecases/ledger/bill-measurements.ts";
import { Unavailable } from "../lib/usecases/unavailable.ts";

const { database, letters } = loadConfig({ database: readDatabase, letters: readDeadLetterQueue });
const limits = { connectionsMax: 1, statementTimeoutMs: 50_000 };
const ledger = withLedger(createPool(database, limits));
const deadLetters = sendDeadLetter(createSqsClient(letters.endpoint), letters.url);

export const handler = (event: SQSEvent) =>
  processBatch(event, {
    decode: decodeMessage,
    process: async (messages) => {
      const measurements = messages.flatMap((message) => message.measurements);
      const dropped = messages.flatMap((message) => message.dropped ?? []);
      await billMeasurements(measurements, ledger, dropped);
      const counts = { messages: messages.length, measurements: measurements.length };
      logger.info({ ...counts, dropped: dropped.map((one) => one.counts) }, "billed");
    },
    sendDeadLetter: deadLetters,
    permanentFailure: permanentFailure(refusedDataCode),
    isOutage: (error) => error instanceof Unavailable,
    onFailure: (messageId, err) => logger.error({ messageId, err }, "billing failed"),
  });
