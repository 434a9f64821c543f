import type { Mutation } from "./mutation.ts";

export const sqs: readonly Mutation[] = [
  {
    id: "S01",
    file: "lib/sqs/measurement-queue.ts",
    from: ".filter(({ Id }) => !taken.has(Id))",
    to: `.filter(({ Id }) => reasons.has(Id ?? ""))`,
    harm: "a message of which SQS says nothing is lost though the sender got 202",
    tests: ["unit/sqs/measurement-queue.test.ts"],
  },
  {
    id: "S02",
    file: "lib/sqs/measurement-queue.ts",
    from: `      throw new Unavailable(
        \`SQS refused \${failed.size} of \${batch.length} messages: \${[...failed.values()][0]}\`,
      );`,
    to: "      return;",
    harm: "messages that SQS refuses three times are lost though the sender got 202",
    tests: ["unit/sqs/measurement-queue.test.ts"],
  },
  {
    id: "S03",
    file: "lib/sqs/measurement-queue.ts",
    from: "const batchBytesMax = 1_000_000;",
    to: "const batchBytesMax = 10_000_000;",
    harm: "a large request is refused by SQS for ever",
    tests: ["unit/sqs/measurement-queue.test.ts"],
  },
  {
    id: "S10",
    file: "lib/sqs/measurement-queue.ts",
    from: `    open = open.filter(({ Id }) => failed.has(Id));
`,
    to: "",
    harm: "what SQS took is sent again: twice the traffic, and dropped samples count twice",
    tests: ["unit/sqs/measurement-queue.test.ts"],
  },
  {
    id: "S07",
    file: "lib/sqs/process-batch.ts",
    from: `    onFailure(messageId, cause);
    failed.add(messageId);
`,
    to: `    onFailure(messageId, cause);
`,
    harm: "a message whose dead letter could not be sent is deleted: lost without a trace",
    tests: ["unit/sqs/process-batch.test.ts"],
  },
  {
    id: "S12",
    file: "lib/sqs/process-batch.ts",
    from: "if (batch.isOutage(error)) for (const { record } of decoded) failed.add(record.messageId);",
    to: "if (batch.isOutage(error)) for (const { record } of decoded) failed.delete(record.messageId);",
    harm: "messages that an outage kept from being billed are deleted",
    tests: ["unit/sqs/process-batch.test.ts"],
  },
  {
    id: "S09",
    file: "lib/sqs/dead-letters.ts",
    from: `reason.slice(0, 1_000) || "unknown"`,
    to: "reason",
    harm: "a long or empty reason is refused by SQS: the message comes again 1000 times",
    tests: ["unit/sqs/dead-letters.test.ts"],
  },
  {
    id: "S11",
    file: "lib/sqs/process-batch.ts",
    from: "    if (left.has(place) || early.has(place)) failed.add(record.messageId);\n",
    to: "    if (early.has(place)) failed.add(record.messageId);\n",
    harm: "what a round had no time for is deleted: lost",
    tests: ["unit/sqs/process-batch.test.ts"],
  },
  {
    id: "S08",
    file: "lib/sqs/process-batch.ts",
    from: "    await sendDeadLetter({ body, messageId, keyId: senderKey(record), ...failure });\n",
    to: "    await sendDeadLetter({ body, messageId, keyId: senderKey(record), ...failure });\n    failed.add(messageId);\n",
    harm: "what was put aside comes again: the same dead letter many times",
    tests: ["unit/sqs/process-batch.test.ts"],
  },
];
